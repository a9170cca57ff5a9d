import { readFileSync } from 'node:fs'
import { checkInteger } from './arguments.ts'
import { type Binding, binding } from './binding.ts'

const ends = new Map<number, () => void>()
let watching = false

const watchBinding = (): Binding => {
  const addon = binding()
  if (!watching) {
    addon.onProcessEnd((id) => {
      ends.get(id)?.()
      ends.delete(id)
    })
    watching = true
  }
  return addon
}

/**
 * When the process started, in clock ticks since boot (field 22 of /proc/PID/stat), or undefined when there is none.
 * Together with the pid it names a process for ever.
 */
export const processStartTime = (pid: number): string | undefined => {
  let stat: string
  try {
    stat = readFileSync(`/proc/${checkInteger('pid', pid, 1, 2 ** 22)}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The command in parentheses may hold anything, so fields count from the last one: the state is field 3.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

export interface PidfdWaitOptions {
  /** As `processStartTime` gave it; a process with that pid but another start is taken as ended. */
  readonly startTime?: string | undefined
  readonly signal?: AbortSignal
}

/**
 * Resolves when the process has ended (as a zombie, too), be it a child or not; at once when there is none.
 * Rejects with the signal's reason when that is aborted. Keeps the event loop alive meanwhile.
 */
export const pidfdWait = (pid: number, { startTime, signal }: PidfdWaitOptions = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const addon = watchBinding()
    let id: number
    try {
      id = addon.watchProcess(checkInteger('pid', pid, 1, 2 ** 22))
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH' ? resolve() : reject(error)
    }
    const cancel = () => {
      if (addon.cancelProcessWatch(id)) ends.delete(id)
      reject(signal?.reason)
    }
    ends.set(id, () => {
      signal?.removeEventListener('abort', cancel)
      resolve()
    })
    signal?.addEventListener('abort', cancel, { once: true })
    // Asked after the pidfd is open: from here on the pid cannot come to mean another process unseen.
    if (startTime !== undefined && processStartTime(pid) !== startTime) {
      if (addon.cancelProcessWatch(id)) ends.delete(id)
      signal?.removeEventListener('abort', cancel)
      resolve()
    }
  })
