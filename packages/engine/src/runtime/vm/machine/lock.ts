import { flock, tryFlock } from '@container-compose/native'
import { findMachine, lockPath } from './process.ts'

/**
 * Takes the lock of a container's runtime folder, which the machine that is to be started inherits. Whoever still holds it is
 * what an engine has left behind when it died, a helper or a machine half started, for a container that runs is not started:
 * it is ended first.
 */
export const takeLock = async (runDir: string): Promise<number> => {
  const lock = await tryFlock(lockPath(runDir))
  if (lock !== undefined) return lock
  const machine = await findMachine(runDir)
  await machine?.process.kill()
  return flock(lockPath(runDir), { signal: AbortSignal.timeout(10_000) })
}
