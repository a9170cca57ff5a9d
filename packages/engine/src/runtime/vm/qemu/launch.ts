import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { descriptors } from './descriptors.ts'

export interface LaunchOptions {
  /** Absolute path of QEMU. */
  readonly program: string
  readonly args: readonly string[]
  /** Gets `pid` and, when QEMU has ended, its last words in `qemu.err`. */
  readonly dir: string
  /** Our descriptors by the number that QEMU knows them by. They stay ours to close. */
  readonly inherit: ReadonlyMap<number, number>
  /** Numbers of the taps that lead nowhere. */
  readonly looseTaps: readonly number[]
  readonly uid: number
  /** It ends when we do, until the leash is let go of. Default: it outlives us. */
  readonly onLeash?: boolean
  /** Directories of the cgroups to join. */
  readonly cgroups: readonly string[]
  /** Further paths of the host that it may see, read-only. */
  readonly binds?: readonly string[]
  readonly devices?: readonly string[]
}

/** A QEMU that we have started. */
export interface Launched {
  readonly pid: number
  /** The end of its input on `descriptors.state`. */
  readonly state: Socket
  /** With QEMU's exit status, or 128 + signal. */
  readonly exited: Promise<number>
  /** From now on it does not keep our process from ending. */
  unref(): void
  /** It was started on a leash and outlives us from now on. */
  letGo(): void
}

/** QEMU, or the cage around it, ended before it was of use; `message` is what it said. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
}

/** What QEMU needs to see of a Linux: itself, its libraries, its firmware. */
const systemPaths = ['/usr', '/lib', '/lib64', '/bin', '/etc/ld.so.cache']

/** Starts QEMU shut away from the host in a session of its own; resolves when it has a process id. */
export const launch = async (options: LaunchOptions): Promise<Launched> => {
  const { dir, inherit, looseTaps } = options
  const stderr = await open(join(dir, 'qemu.err'), 'w', 0o600)
  const pidFile = await open(join(dir, 'pid'), 'w', 0o600)
  try {
    const child = spawn(artifactPath('cage'), cageArguments(options), {
      detached: true,
      cwd: '/',
      env: {},
      stdio: stdioOf(
        new Map<number, number | 'pipe'>([
          ...inherit,
          [1, 'pipe'],
          [2, stderr.fd],
          [descriptors.pidFile, pidFile.fd],
          [descriptors.state, 'pipe'],
          ...(options.onLeash ? [[descriptors.leash, 'pipe'] as const] : []),
        ]),
        Math.max(...inherit.keys(), ...looseTaps, ...(options.onLeash ? [descriptors.leash] : [])),
      ),
    })
    return await launched(child, dir)
  } finally {
    await Promise.all([stderr.close(), pidFile.close()])
  }
}

const cageArguments = (options: LaunchOptions): string[] => {
  const outside = systemPaths.some((path) => options.program.startsWith(`${path}/`))
    ? []
    : [dirname(options.program)]
  const binds = [...systemPaths.filter((path) => existsSync(path)), ...outside, ...(options.binds ?? [])]
  const devices = ['/dev/null', '/dev/urandom', ...(options.devices ?? [])]
  return [
    ...['--uid', String(options.uid), '--report', String(descriptors.pidFile)],
    ...(options.onLeash ? ['--leash', String(descriptors.leash)] : []),
    ...options.looseTaps.flatMap((fd) => ['--tap', String(fd)]),
    ...options.cgroups.flatMap((path) => ['--cgroup', path]),
    ...binds.flatMap((path) => ['--bind', path]),
    ...devices.flatMap((path) => ['--device', path]),
    '--',
    options.program,
    ...options.args,
  ]
}

const stdioOf = (
  given: ReadonlyMap<number, number | 'pipe'>,
  highest: number,
): (number | 'pipe' | 'ignore')[] => Array.from({ length: highest + 1 }, (_, fd) => given.get(fd) ?? 'ignore')

const launched = async (child: ChildProcess, dir: string): Promise<Launched> => {
  const pipes: readonly unknown[] = child.stdio
  const state = pipes[descriptors.state] as Socket | null | undefined
  // QEMU may end before it has read all of its state; how it ended says more than the broken pipe.
  state?.on('error', () => {})
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 137))
  })
  exited.catch(() => {})
  if (child.stdout === null || state === null || state === undefined) {
    await exited
    throw new LaunchError('the launcher did not start')
  }
  child.stdout.resume()
  await Promise.race([once(child.stdout, 'end'), exited])
  const pid = Number(await readFile(join(dir, 'pid'), 'utf8'))
  if (pid === 0) {
    await exited
    throw new LaunchError(await lastWords(dir))
  }
  const leash = pipes[descriptors.leash] as Socket | null | undefined
  leash?.on('error', () => {})
  return {
    ...{ pid, state, exited },
    unref: () => {
      child.unref()
      leash?.unref()
    },
    letGo: () => leash?.end('.'),
  }
}

/** What a QEMU that has ended said at last; empty when it said nothing or is still running. */
export const lastWords = async (dir: string): Promise<string> => {
  const text = await readFile(join(dir, 'qemu.err'), 'utf8').catch(() => '')
  return text.trim().slice(-2000)
}
