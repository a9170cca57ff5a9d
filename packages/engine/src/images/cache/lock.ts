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
    await flock(mode, file.fd)
    return await action()
  } finally {
    await file.close()
  }
}

const flock = (mode: 'shared' | 'exclusive', fd: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('flock', [`--${mode}`, '3'], { stdio: ['ignore', 'ignore', 'inherit', fd] })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`flock ended with ${code ?? signal}`))
    })
  })
