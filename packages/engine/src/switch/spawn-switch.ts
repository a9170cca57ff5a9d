import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { UserError } from '@container-compose/core'
import type { SwitchPaths } from './paths.ts'

/** The descriptor on which the switch process writes one byte when it answers; its number is in this variable. */
export const readyDescriptorVariable = 'CONTAINER_COMPOSE_READY_FD'

/** Exit status of a switch process that found another one holding the folder. */
export const lockHeldExitCode = 75

export interface SpawnOptions {
  /** The program; `engine switch` is added. */
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly paths: SwitchPaths
}

/**
 * Starts the switch process in a session of its own, so that it outlives the engine. Resolves when it answers on its socket, or
 * another one holds the lock and is about to.
 *
 * @throws UserError `SWITCH_START` with the last lines of its log.
 */
export const spawnSwitch = async ({ command, environment, paths }: SpawnOptions): Promise<void> => {
  const [program, ...args] = command
  if (program === undefined) throw new TypeError('no program given')
  const logStart = statSync(paths.log, { throwIfNoEntry: false })?.size ?? 0
  const log = openSync(paths.log, 'a', 0o600)
  const child = spawn(program, [...args, 'engine', 'switch'], {
    detached: true,
    cwd: '/',
    env: { ...environment, [readyDescriptorVariable]: '3' },
    stdio: ['ignore', log, log, 'pipe'],
  })
  closeSync(log)
  const end = await new Promise<'ready' | string>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (code === lockHeldExitCode) resolve('ready')
      else resolve(code === null ? `ended by ${signal}` : `exit status ${code}`)
    })
    const ready = child.stdio[3]
    ready?.once('data', () => {
      ready.destroy()
      child.unref()
      resolve('ready')
    })
  })
  if (end === 'ready') return
  const said = readFileSync(paths.log)
    .subarray(logStart)
    .toString()
    .trimEnd()
    .split('\n')
    .slice(-10)
    .join('\n')
  throw new UserError('SWITCH_START', `the network switch did not start (${end})`, {
    cause: new Error(said),
    hint: `its log is ${paths.log}`,
  })
}
