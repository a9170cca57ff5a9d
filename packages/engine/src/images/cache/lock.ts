import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'

/**
 * Runs `action` while this process holds the lock on the file `path` (flock(2)), against other processes and other calls here.
 * The kernel frees the lock when the process ends, however it ends.
 */
export const withLock = async <Result>(
  path: string,
  mode: 'shared' | 'exclusive',
  action: () => Promise<Result>,
): Promise<Result> => {
  const file = await open(path, 'a', 0o600)
  try {
    // The lock belongs to the open file, not to the process that takes it: it stays with our descriptor when flock(1) is gone.
    await flock([`--${mode}`], file.fd)
    return await action()
  } finally {
    await file.close()
  }
}

/** Like an exclusive `withLock`, but undefined without running `action` when somebody holds the lock. */
export const withFreeLock = async <Result>(
  path: string,
  action: () => Promise<Result>,
): Promise<Result | undefined> => {
  const file = await open(path, 'a', 0o600)
  try {
    return (await flock(['--exclusive', '--nonblock'], file.fd)) ? await action() : undefined
  } finally {
    await file.close()
  }
}

/** Resolves with false when the lock is held and `--nonblock` given. */
const flock = (options: readonly string[], fd: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn('flock', [...options, '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0 || (code === 1 && options.includes('--nonblock'))) resolve(code === 0)
      else reject(new Error(`flock ended with ${code ?? signal}`))
    })
  })
