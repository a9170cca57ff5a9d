import type { EngineRoot } from './root.ts'

export interface RunOptions {
  readonly root: EngineRoot
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Is the engine: takes the root's lock, adopts what an earlier engine left, answers on the socket, and resolves with the exit
 * status of the process when it was told to stop (API, SIGTERM, SIGINT).
 */
export const runEngine = (_options: RunOptions): Promise<number> =>
  Promise.reject(new Error('the engine is not built yet'))
