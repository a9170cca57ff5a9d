import { basename, join } from 'node:path'
import { UserError } from '@container-compose/core'
import { type FSWatcher, watch } from 'chokidar'
import { isWithin } from './rules.ts'

export interface WatchListener {
  /** Something may have happened to the path. */
  hint(path: string): void
  /** A directory can no longer be watched. */
  fault(error: unknown): void
}

/**
 * Watches directories, each by a watcher of its own and without what is below it: so one that is removed and made again is
 * never taken for the one that was, and it is known from when on nothing in it is missed.
 */
export class DirectoryWatchers {
  readonly #listener: WatchListener
  readonly #watchers = new Map<string, FSWatcher>()

  constructor(listener: WatchListener) {
    this.#listener = listener
  }

  has(directory: string): boolean {
    return this.#watchers.has(directory)
  }

  /** Resolves when changes of names and contents in the directory are told from now on. */
  watch(directory: string): Promise<void> {
    void this.#watchers.get(directory)?.close()
    const watcher = watch(directory, {
      depth: 0,
      ignored: (path) => path !== directory,
      ignoreInitial: true,
      followSymlinks: false,
      atomic: false,
    })
    this.#watchers.set(directory, watcher)
    watcher.on('raw', (_event, name) => {
      if (typeof name !== 'string') return this.#listener.hint(directory)
      this.#listener.hint(join(directory, name))
      // What happens to the directory itself is told by its own name.
      if (name === basename(directory)) this.#listener.hint(directory)
    })
    return new Promise((resolve) => {
      watcher.on('ready', resolve)
      watcher.on('error', (error) => {
        this.#listener.fault(watchFault(directory, error))
        resolve()
      })
    })
  }

  /** Lets go of the directory and of all below it. */
  unwatch(directory: string): void {
    for (const [path, watcher] of this.#watchers)
      if (isWithin(path, directory)) {
        this.#watchers.delete(path)
        void watcher.close()
      }
  }

  async close(): Promise<void> {
    const all = [...this.#watchers.values()]
    this.#watchers.clear()
    await Promise.all(all.map((watcher) => watcher.close()))
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
