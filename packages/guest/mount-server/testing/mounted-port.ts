import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'

export interface RunningServer {
  /** Of the process in the cage. */
  readonly pid: number
  /** Stands beside it, waits for it. */
  readonly attendant: ChildProcess
}

/** The mount server, or what starts it. */
type Program = readonly [string, ...string[]]

/** Starts a mount server that connects to `socketPath`; resolves when it serves, rejects with what it said. */
export const runServer = async (
  dir: string,
  profile: 'plain' | 'locking',
  sources: readonly string[],
  extra: readonly string[] = [],
  [program, ...before]: Program = [artifactPath('mount-server')],
): Promise<RunningServer> => {
  const pidFile = join(dir, 'pid')
  const where = ['--profile', profile, '--socket', join(dir, 'sock'), '--pid-file', pidFile]
  const attendant = spawn(program, [...before, ...where, ...extra, ...sources], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, complaint] = await Promise.all([attendant.stdout.toArray(), firstLine(attendant)])
  if (said.length === 0) throw new Error(complaint)
  return { pid: Number((await readFile(pidFile, 'utf8')).split(' ')[0]), attendant }
}

/** Of standard error, or nothing when "ready" came first. */
const firstLine = async (child: ChildProcess): Promise<string> => {
  const lines: string[] = []
  child.stderr?.on('data', (data) => lines.push(String(data)))
  await Promise.race([once(child, 'exit'), child.stdout ? once(child.stdout, 'close') : undefined])
  return lines.join('').trim()
}

/** A port as a guest has it, mounted by the guest's own pump on this machine's kernel. */
export interface MountedPort extends AsyncDisposable {
  /** Entry i is `${root}/${i}`. */
  readonly root: string
  /** A process in the mount namespace, where `root` is `mountpoint`. */
  readonly insidePid: number
  readonly pumpPid: number
  readonly mountpoint: string
  readonly server: RunningServer
  /** Stands for the guest's /proc/sys/vm/drop_caches. */
  readonly dropCaches: string
  /** Makes a process of this machine one that the guest may find to watch files: it has no others. */
  addProcess(pid: number): Promise<void>
}

export const mountPort = async (
  profile: 'plain' | 'locking',
  sources: readonly string[],
  extra: readonly string[] = [],
  program?: Program,
): Promise<MountedPort> => {
  const dir = await mkdtemp(join(tmpdir(), 'port-'))
  const mountpoint = join(dir, 'mnt')
  const dropCaches = join(dir, 'drop-caches')
  const processes = join(dir, 'processes')
  // Also other users pass.
  await chmod(dir, 0o755)
  await mkdir(mountpoint)
  await mkdir(processes)
  await writeFile(dropCaches, '')
  const pump = spawn(artifactPath('pump-here'), [mountpoint, join(dir, 'sock'), dropCaches, processes], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(pump.stdout, 'data')
  const mounted = once(pump.stdout, 'data') as Promise<[Buffer]>
  const server = await runServer(dir, profile, sources, extra, program)
  const [said] = await mounted
  return {
    root: `/proc/${pump.pid}/root${mountpoint}`,
    insidePid: pump.pid ?? 0,
    pumpPid: Number(/^mounted (\d+)/.exec(said.toString())?.[1]),
    mountpoint,
    server,
    dropCaches,
    addProcess: (pid) => symlink(`/proc/${pid}`, join(processes, String(pid))),
    [Symbol.asyncDispose]: async () => {
      const ends = [once(pump, 'exit'), once(server.attendant, 'exit')]
      const alive = [pump, server.attendant].map(
        ({ exitCode, signalCode }) => exitCode ?? signalCode === null,
      )
      pump.stdin.end()
      await Promise.all(ends.filter((_, i) => alive[i]))
      await rm(dir, { recursive: true })
    },
  }
}

/** Runs a shell command where the port is mounted, as that user, at the port's root; gives what it printed. */
export const shellIn = (
  port: MountedPort,
  command: string,
  user: { readonly uid: number; readonly gid: number } = { uid: 0, gid: 0 },
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => {
  const identity = ['-S', String(user.uid), '-G', String(user.gid)]
  const { status, stdout, stderr } = spawnSync(
    'nsenter',
    ['-t', String(port.insidePid), '-m', ...identity, 'sh', '-c', `cd ${port.mountpoint} && ${command}`],
    { encoding: 'utf8', timeout: 10_000 },
  )
  return { status, stdout, stderr }
}

/** Tries until `check` gives something, at most 15 seconds. */
export const eventually = async <T>(check: () => Promise<T | undefined>): Promise<T> => {
  const end = performance.now() + 15_000
  for (;;) {
    const found = await check()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error('it has not happened within 15 s')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
