import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { type Clock, systemClock, UserError } from '@container-compose/core'
import { makeFolder } from '../store/document.ts'
import { buildId } from './build-id.ts'
import { runningBuild, stopEngine } from './control.ts'
import type { EngineRoot } from './root.ts'

export interface StartOptions {
  readonly root: EngineRoot
  /** The program that becomes the engine, `[process.execPath, <bundle>]`; `engine run` is added. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock?: Clock
}

/**
 * Resolves when an engine of this build answers on the root's socket: the one that runs, or a new one in a session of its own.
 * An engine of another build is asked to hand over first; containers do not notice.
 *
 * @throws UserError `ENGINE_START` with the last lines of the engine's log.
 */
export const startEngine = async (options: StartOptions): Promise<void> => {
  const { root, clock = systemClock } = options
  const running = await runningBuild(root)
  if (running === buildId()) return
  if (running !== undefined) await stopEngine(root)
  makeFolder(root.run)
  const logStart = sizeOf(root.logFile)
  const deadline = clock.now() + startDeadlineMs
  let status: Awaited<ReturnType<typeof spawnEngine>>
  do {
    status = await spawnEngine(options)
    if (status === 'ready') return
    // The one that holds the lock was started by another command and is about to answer, or is about to end.
    for (let times = 0; status === lockHeldExitCode && times < 25; times++) {
      if ((await runningBuild(root)) !== undefined) return
      await clock.sleep(20)
    }
  } while (status === lockHeldExitCode && clock.now() < deadline)
  throw new UserError('ENGINE_START', `the engine did not start (${describeEnd(status)})`, {
    cause: logTail(root.logFile, logStart),
    hint: `container-compose engine run shows what it says; its log is ${root.logFile}`,
  })
}

/** An engine answers as soon as it has read its state; a busy machine may take its time. */
const startDeadlineMs = 30_000

/** Exit status of an engine that found another one holding its root. */
export const lockHeldExitCode = 75

/** The descriptor on which a spawned engine writes one byte when it answers; its number is in this variable. */
export const readyDescriptorVariable = 'CONTAINER_COMPOSE_READY_FD'

const spawnEngine = ({ root, command, environment }: StartOptions): Promise<'ready' | number | string> => {
  const [program, ...args] = command
  if (program === undefined) throw new TypeError('no program given')
  const log = openSync(root.logFile, 'a', 0o600)
  const child = spawn(program, [...args, 'engine', 'run'], {
    detached: true,
    cwd: '/',
    env: { ...environment, [readyDescriptorVariable]: '3' },
    stdio: ['ignore', log, log, 'pipe'],
  })
  closeSync(log)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
    const ready = child.stdio[3]
    ready?.once('data', () => {
      ready.destroy()
      child.unref()
      resolve('ready')
    })
  })
}

const describeEnd = (status: number | string): string =>
  typeof status === 'number' ? `exit status ${status}` : `ended by ${status}`

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const logTail = (path: string, from: number): string =>
  readFileSync(path).subarray(from).toString().trimEnd().split('\n').slice(-10).join('\n')
