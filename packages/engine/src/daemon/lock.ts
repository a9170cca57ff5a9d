import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { isSystemError, UserError } from '@container-compose/core'

/** A file lock held by this process until `release`, or until the kernel ends it. */
export interface Lock {
  release(): void
}

/**
 * Takes the flock of a file, or returns undefined at once when another process has it.
 * flock(1) locks the descriptor that it inherits; a lock belongs to the open file, so it stays ours when that program has ended.
 */
export const tryLock = (path: string): Lock | undefined => {
  const file = openSync(path, 'a', 0o600)
  try {
    execFileSync('flock', ['--exclusive', '--nonblock', '3'], { stdio: ['ignore', 'ignore', 'pipe', file] })
  } catch (error) {
    closeSync(file)
    if (isSystemError(error, 'ENOENT'))
      throw new UserError('PROGRAM_MISSING', 'flock is not installed', { hint: 'apt-get install util-linux' })
    if ((error as { status?: number }).status === 1) return undefined
    throw error
  }
  return { release: () => closeSync(file) }
}
