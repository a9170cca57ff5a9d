import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { basename, join } from 'node:path'
import { isSystemError, UserError } from '@container-compose/core'

export interface WatchListener {
  /** Something may have happened to the path. */
  hint(path: string): void
  /** The directory is not watched any more: removed or moved, perhaps, and another one may have its place already. */
  lost(directory: string): void
  /** A directory can't be watched; what happens in it stays unseen. */
  unwatchable(directory: string, error: unknown): void
  /** No more can be watched at all. */
  fault(error: unknown): void
}

/**
 * Watches directories, each by a watcher of its own and without what is below it: so one that is removed and made again is
 * never taken for the one that was, and nothing in it is missed once `watch` has returned.
 */
export class DirectoryWatchers {
  readonly #listener: WatchListener
  /** Undefined: it can't be watched, and that was told. */
  readonly #watchers = new Map<string, FSWatcher | undefined>()

  constructor(listener: WatchListener) {
    this.#listener = listener
  }

  has(directory: string): boolean {
    return this.#watchers.has(directory)
  }

  /** From now on changes of names and contents in the directory are told; one that is gone is told by its parent's watcher. */
  watch(directory: string): void {
    if (this.has(directory)) return
    try {
      const watcher = watch(directory, (event, name) => this.#heard(directory, event, name))
      watcher.on('error', (error) => this.#failed(directory, error))
      this.#watchers.set(directory, watcher)
    } catch (error) {
      this.#failed(directory, error)
    }
  }

  /** Lets go of the directory, not of those below it. */
  unwatch(directory: string): void {
    this.#watchers.get(directory)?.close()
    this.#watchers.delete(directory)
  }

  close(): void {
    for (const directory of [...this.#watchers.keys()]) this.unwatch(directory)
  }

  #heard(directory: string, event: string, name: string | null): void {
    if (name !== null) this.#listener.hint(join(directory, name))
    // What happens to the directory itself is told by its own name.
    const isItself = name === basename(directory)
    if (isItself && event !== 'change') {
      this.unwatch(directory)
      this.#listener.lost(directory)
    } else if (isItself || name === null) this.#listener.hint(directory)
  }

  #failed(directory: string, error: unknown): void {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return
    if (isSystemError(error, 'EACCES') || isSystemError(error, 'EPERM')) {
      this.#watchers.set(directory, undefined)
      this.#listener.unwatchable(directory, error)
    } else this.#listener.fault(watchFault(directory, error))
  }
}

/**
 * How many events the kernel holds for us at the most. What happens beyond that is lost, and Node.js does not say so
 * (libuv 1.46 passes over IN_Q_OVERFLOW).
 */
export const eventQueueLength = (): number => {
  try {
    return Number.parseInt(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'), 10)
  } catch {
    return 16_384
  }
}

const watchFault = (directory: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException
  const limit = code === 'ENOSPC' ? 'max_user_watches' : code === 'EMFILE' ? 'max_user_instances' : undefined
  if (limit === undefined) return error
  return new UserError('WATCH_LIMIT', `no more directories can be watched: fs.inotify.${limit} is used up`, {
    cause: error,
    hint: `raise it: sysctl fs.inotify.${limit}=${code === 'ENOSPC' ? 524_288 : 1024} (or leave ${directory} out with ignore)`,
  })
}
