import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSystemError } from '@container-compose/core'
import { pidfdWait, processStartTime, tryFlock } from '@container-compose/native'
import { closeAll } from '../qemu/close-all.ts'

/** QEMU as a process that may not be our child. A pid that has come to mean another process is never touched. */
export class MachineProcess {
  readonly pid: number
  readonly #startTime: string | undefined
  /** Never settles after `release`. */
  readonly ended: Promise<void>
  readonly #released = new AbortController()

  constructor(pid: number) {
    this.pid = pid
    this.#startTime = processStartTime(pid)
    this.ended = this.#wait()
  }

  async #wait(): Promise<void> {
    if (this.#startTime === undefined) return
    try {
      await pidfdWait(this.pid, { startTime: this.#startTime, signal: this.#released.signal })
    } catch (error) {
      if (!this.#released.signal.aborted) throw error
      await new Promise(() => {})
    }
  }

  /** Waits no longer; it runs on. */
  release(): void {
    this.#released.abort()
  }

  /** Ends it at once. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#startTime !== undefined && processStartTime(this.pid) === this.#startTime) {
      try {
        process.kill(this.pid, 'SIGKILL')
      } catch (error) {
        if (!isSystemError(error, 'ESRCH')) throw error
      }
    }
    await this.ended
  }
}

export const lockPath = (runDir: string): string => join(runDir, 'lock')

/** The machine that holds the lock of a container's runtime folder, whoever started it. */
export const findMachine = async (
  runDir: string,
): Promise<{ process: MachineProcess; startedAt: number } | undefined> => {
  const path = join(runDir, 'pid')
  // A launcher whose engine has just died has the lock, and is about to write the pid.
  for (let times = 0; times < 200; times++) {
    if (!(await isLocked(runDir))) return undefined
    // While the lock is held, the process that inherited it is alive: its pid means what it meant.
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    const pid = Number(text)
    if (pid > 0) return { process: new MachineProcess(pid), startedAt: Math.round(mtimeMs) }
    await sleep(50)
  }
  return undefined
}

const isLocked = async (runDir: string): Promise<boolean> => {
  try {
    const lock = await tryFlock(lockPath(runDir))
    if (lock !== undefined) await closeAll([lock])
    return lock === undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
