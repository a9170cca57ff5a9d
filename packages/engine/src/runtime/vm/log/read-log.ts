import { watch } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { deferred, isSystemError } from '@container-compose/core'
import { type GuestLogRecord, LogCorrupt, LogDecoder } from '@container-compose/guest'

const chunkBytes = 256 * 1024
/** Where no notification comes (some network file systems), a follower looks by itself. */
const pollMs = 500

export interface LogFileRange {
  readonly path: string
  /** Where a record begins. */
  readonly offset: number
  /** Where the first record begins that is not wanted any more. */
  readonly end?: number
  /** Follows the file until this has resolved and all that was written before it has been given. */
  readonly until?: Promise<unknown>
  readonly signal?: AbortSignal | undefined
}

/**
 * The records of one log file. Ends at the exit record, or at the end of what makes sense: the last record of a machine that died
 * may be cut short, and a hostile guest may write anything.
 */
export async function* readLogFile({
  path,
  offset,
  end = Number.MAX_SAFE_INTEGER,
  until,
  signal,
}: LogFileRange): AsyncGenerator<GuestLogRecord> {
  const file = await openIfThere(path)
  if (file === undefined) return
  const change = new ChangeNotice(path, until !== undefined, signal)
  let ended = until === undefined
  void until?.finally(() => {
    ended = true
    change.notify()
  })
  try {
    const decoder = new LogDecoder(offset)
    const chunk = Buffer.allocUnsafe(chunkBytes)
    for (let position = offset; ; ) {
      signal?.throwIfAborted()
      const wasEnded = ended
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, end - position), position)
      position += bytesRead
      // The records are views, and the chunk is used again.
      for (const record of decoder.push(Buffer.from(chunk.subarray(0, bytesRead)))) {
        yield record
        if (record.kind === 'exit') return
      }
      if (bytesRead > 0) continue
      if (wasEnded) return
      await change.wait()
    }
  } catch (error) {
    if (!(error instanceof LogCorrupt)) throw error
  } finally {
    change.close()
    await file.close()
  }
}

const openIfThere = async (path: string): Promise<FileHandle | undefined> => {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Wakes a reader when the file may have grown. A notice that comes while nobody waits is kept. */
class ChangeNotice {
  readonly #stop: () => void
  #noticed = false
  #waiting = deferred()

  constructor(path: string, isNeeded: boolean, signal: AbortSignal | undefined) {
    const notify = (): void => this.notify()
    if (!isNeeded) {
      this.#stop = () => {}
      return
    }
    const watcher = watch(path, { persistent: false }, notify)
    watcher.on('error', () => watcher.close())
    signal?.addEventListener('abort', notify)
    this.#stop = () => {
      watcher.close()
      signal?.removeEventListener('abort', notify)
    }
  }

  notify(): void {
    this.#noticed = true
    this.#waiting.resolve()
  }

  async wait(): Promise<void> {
    const timer = new AbortController()
    const poll = sleep(pollMs, undefined, { signal: timer.signal, ref: false }).catch(() => {})
    if (!this.#noticed) await Promise.race([this.#waiting.promise, poll])
    timer.abort()
    this.#noticed = false
    this.#waiting = deferred()
  }

  close(): void {
    this.#stop()
  }
}
