import type { EngineRoot } from './daemon/root.ts'
import type { RunOptions } from './daemon/run.ts'
import type { RunSwitchOptions } from './switch/process/run-switch.ts'

export { buildId, productVersion } from './daemon/build-id.ts'
export { type EngineStatus, engineStatus } from './daemon/control.ts'
export { examine } from './daemon/doctor/examine.ts'
export type { Finding, Surroundings } from './daemon/doctor/finding.ts'
export { tryLock } from './daemon/lock.ts'
export { type EngineRoot, engineRoot } from './daemon/root.ts'
export type { RunOptions } from './daemon/run.ts'
export { type StartOptions, startEngine } from './daemon/start.ts'
export { endEngine } from './daemon/stop.ts'
export type { RunSwitchOptions } from './switch/process/run-switch.ts'

// The two daemons are loaded when they run: a command that only asks for the engine must not pay for what it is made of.

/** See `daemon/run.ts`. */
export const runEngine = async (options: RunOptions): Promise<number> =>
  (await import('./daemon/run.ts')).runEngine(options)

/** See `daemon/prepare.ts`. */
export const prepareMachines = async (root: EngineRoot): Promise<string> =>
  (await import('./daemon/prepare.ts')).prepareMachines(root)

/** See `switch/process/run-switch.ts`. */
export const runSwitch = async (options: RunSwitchOptions): Promise<number> =>
  (await import('./switch/process/run-switch.ts')).runSwitch(options)
