import { setTimeout as sleep } from 'node:timers/promises'
import { checkString } from './arguments.ts'
import { binding } from './binding.ts'

/**
 * Takes the exclusive flock(2) of a file, which is created when absent, or gives undefined when somebody holds it.
 * The lock is held until the last copy of the descriptor is closed, also by processes that inherited one.
 */
export const tryFlock = async (path: string): Promise<number | undefined> =>
  binding().tryFlock(checkString('path', path))

/** As `tryFlock`, but waits until the lock is free. Rejects with the signal's reason when that is aborted. */
export const flock = async (
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<number> => {
  // A thread blocked in flock(2) could not be called back; asking again can be, and what is locked is held for long.
  for (let delayMs = 1; ; delayMs = Math.min(delayMs * 2, 50)) {
    signal?.throwIfAborted()
    const fd = await tryFlock(path)
    if (fd !== undefined) return fd
    await sleep(delayMs, undefined, signal === undefined ? {} : { signal })
  }
}
