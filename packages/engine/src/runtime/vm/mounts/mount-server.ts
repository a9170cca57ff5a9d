import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { artifactPath, isSystemError, UserError } from '@container-compose/core'
import type { MountPort } from './mount-ports.ts'

export interface MountServerOptions {
  readonly port: MountPort
  /**
   * Unix socket of QEMU's chardev for this port (`server=on,wait=off`). It must listen already; QEMU itself may start later.
   */
  readonly socketPath: string
  /** The container's runtime folder: `mounts-<port>.pid` and `mounts-<port>.log` are written there. */
  readonly runDir: string
}

/** A process that answers on one port: FUSE requests, or connections to sockets. It ends by itself when QEMU goes. */
export interface MountServer {
  readonly port: MountPort['name']
  readonly pid: number
  /** Ends it now, with the parent that would start another; the guest's accesses wait for a new one. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts the mount server of a port in a session of its own, so that it outlives the engine. Resolves when it is confined and
 * connected.
 *
 * @throws UserError `MOUNT_FAILED` when a source can't be mounted, or another server holds the port.
 */
export const startMountServer = async (options: MountServerOptions): Promise<MountServer> => {
  const { port, socketPath, runDir } = options
  const logPath = join(runDir, `mounts-${port.name}.log`)
  const log = await open(logPath, 'a', 0o600)
  const { size: before } = await log.stat()
  try {
    const child = spawn(artifactPath(programOf(port)), serverArguments(port, socketPath, runDir), {
      detached: true,
      cwd: '/',
      env: {},
      stdio: ['ignore', 'pipe', log.fd],
    })
    const ended = once(child, 'exit') as Promise<[number | null]>
    // "ready", or the end without it.
    const said = await child.stdout?.toArray()
    if (!said?.length) {
      const [code] = await ended
      const words = (await readFile(logPath)).subarray(before).toString()
      const message = words.trim().replace(/^[a-z]+-server: /, '')
      throw new UserError('MOUNT_FAILED', message || `the ${programOf(port)} ended with status ${code}`)
    }
    child.unref()
  } finally {
    await log.close()
  }
  const server = await adoptMountServer({ port: port.name, runDir })
  if (server === undefined) throw new Error(`the ${programOf(port)} is gone already, see ${logPath}`)
  return server
}

/** Finds the running mount server of a port that an earlier engine started. */
export const adoptMountServer = async (where: {
  readonly port: MountPort['name']
  readonly runDir: string
}): Promise<MountServer | undefined> => {
  const record = await readRecord(pidPath(where.runDir, where.port))
  if (record === undefined || (await startTimeOf(record.pid)) !== record.startTime) return undefined
  return {
    port: where.port,
    pid: record.pid,
    stop: async () => {
      await kill(record.parent)
      await kill(record)
    },
  }
}

interface Named {
  readonly pid: number
  readonly startTime: string
}

/** Resolves when it is gone, and with it its lock. */
const kill = async ({ pid, startTime }: Named): Promise<void> => {
  for (let isTold = false; (await startTimeOf(pid)) === startTime; isTold = true)
    try {
      if (isTold) await sleep(1)
      else process.kill(pid, 'SIGKILL')
    } catch (error) {
      if (!isSystemError(error, 'ESRCH')) throw error
    }
}

const pidPath = (runDir: string, port: MountPort['name']): string => join(runDir, `mounts-${port}.pid`)

const programOf = ({ name }: MountPort): string => (name === 'sockets' ? 'socket-server' : 'mount-server')

const serverArguments = (port: MountPort, socketPath: string, runDir: string): string[] => [
  ...['--socket', socketPath, '--pid-file', pidPath(runDir, port.name)],
  ...(port.name === 'sockets'
    ? port.mounts.map(({ source }) => source)
    : [
        ...['--profile', port.name],
        ...port.mounts.flatMap(({ source, subpath, readOnly }) => [
          `${readOnly ? 'ro' : 'rw'}=${source}`,
          ...(subpath === undefined ? [] : [`sub=${subpath}`]),
        ]),
      ]),
]

/** The server and its parent, a line each. */
const readRecord = async (path: string): Promise<(Named & { readonly parent: Named }) | undefined> => {
  const lines = ((await readIfThere(path)) ?? '').split('\n')
  const [server, parent] = lines.slice(0, 2).map((line): Named | undefined => {
    const [, pid, startTime] = /^(\d+) (\d+)$/.exec(line) ?? []
    return pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime }
  })
  return server === undefined || parent === undefined ? undefined : { ...server, parent }
}

/** Field 22 of /proc/PID/stat: with it, a pid that was used again is told apart. A zombie counts as gone. */
const startTimeOf = async (pid: number): Promise<string | undefined> => {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19]
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ESRCH')) return undefined
    throw error
  }
}
