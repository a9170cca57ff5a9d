import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { stopEngine } from './control.ts'
import { tryLock } from './lock.ts'
import type { EngineRoot } from './root.ts'
import { type StartOptions, startEngine } from './start.ts'

/**
 * Ends the engine of the root, also one that is still about to answer. Containers run on unless `containers` is set; then those of
 * an engine that is gone are ended too, by a new one. Resolves with false when there was nothing to end.
 */
export const endEngine = async (
  options: StartOptions & { readonly containers: boolean },
): Promise<boolean> => {
  const { root, containers } = options
  if (await stopEngine(root, { containers })) return true
  if (!isHeld(root) && !(containers && hasRuns(root))) return false
  await startEngine(options)
  return stopEngine(root, { containers })
}

const isHeld = ({ run, lockFile }: EngineRoot): boolean => {
  if (!existsSync(run)) return false
  const lock = tryLock(lockFile)
  lock?.release()
  return lock === undefined
}

/** Whether an engine that is gone may have left machines, or its switch. */
const hasRuns = ({ run }: EngineRoot): boolean => {
  const runs = join(run, 'c')
  return existsSync(join(run, 'switch')) || (existsSync(runs) && readdirSync(runs).length > 0)
}
