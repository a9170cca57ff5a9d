import { dirname } from 'node:path'
import type { Clock } from '@container-compose/core'
import { DirectoryWatchers, eventQueueLength } from './directory-watchers.ts'
import { hostFiles } from './host-files.ts'
import type { Rule } from './rules.ts'
import { type Change, type Looker, TreeIndex } from './tree-index.ts'

/** Changes that happened together. */
export interface Batch {
  readonly changes: readonly Change[]
  /** Milliseconds since the epoch at which the first of them was made, as far as can be told. */
  readonly since: number
}

/** How long a burst is waited for at most, and in which steps it is seen to go on. */
const longestWaitMs = 20
const stepMs = 2

/** A burst of this part of what the kernel's queue holds may have overflowed it: some events go to watches that we have let go. */
const doubtfulPart = 1 / 4

export interface WatchedTreeOptions {
  readonly clock: Clock
  /** Told of a directory in which nothing will be seen. */
  readonly unwatchable?: (directory: string, error: unknown) => void
}

/**
 * The files that the rules are about: watched, and known as they are. Events only say where to look, so none of them has to be
 * right, complete or in order.
 */
export class WatchedTree {
  readonly index: TreeIndex
  readonly #rules: readonly Rule[]
  readonly #clock: Clock
  readonly #looker: Looker
  readonly #watchers: DirectoryWatchers
  /** Paths to look at; true: and at all that is in it. */
  readonly #hints = new Map<string, boolean>()
  #firstHintAt = 0
  /** Events since the last look, and how many of them make it likely that some were lost. */
  #events = 0
  readonly #doubtfulEvents = eventQueueLength() * doubtfulPart
  #wake: () => void = () => {}
  #fault: unknown
  readonly #stop = () => this.#wake()

  constructor(rules: readonly Rule[], { clock, unwatchable = () => {} }: WatchedTreeOptions) {
    this.#rules = rules
    this.#clock = clock
    this.#watchers = new DirectoryWatchers({
      hint: (path) => {
        this.#events += 1
        this.#hint(path)
      },
      lost: (directory) => this.#hint(directory, true),
      unwatchable,
      fault: (error) => {
        this.#fault = error
        this.#wake()
      },
    })
    this.#looker = {
      ...hostFiles(rules, () => clock.now()),
      // Before its names are read: what comes after them is told.
      enter: (path) => this.#watchers.watch(path),
      leave: (path) => this.#watchers.unwatch(path),
    }
    this.index = new TreeIndex(this.#looker)
  }

  /** Once it has returned, every later change will be in a batch. */
  open(): void {
    this.index.update([...this.#bases()].map((base) => [base, false]))
    if (this.#fault !== undefined) throw this.#fault
  }

  /** The next changes, as soon as there are some; undefined once the signal is aborted. */
  async next(signal: AbortSignal): Promise<Batch | undefined> {
    while (!signal.aborted) {
      if (this.#fault !== undefined) throw this.#fault
      if (this.#hints.size === 0) {
        await this.#awaitHint(signal)
        continue
      }
      const since = this.#firstHintAt
      await this.#awaitPause(since)
      let changes = this.#look()
      const rest = since + longestWaitMs - this.#clock.now()
      if (rest > 0 && changes.some(({ emptied }) => emptied)) {
        await this.#clock.sleep(rest)
        changes = [...changes, ...this.#look()]
      }
      if (changes.length > 0) return { changes, since: savedAt(changes, since) }
    }
    return undefined
  }

  close(): void {
    this.#watchers.close()
  }

  /** Where watching begins: what the rules name, or, while that is missing or a file, the directory in which it would appear. */
  #bases(): Set<string> {
    const bases = new Set<string>()
    for (const { path } of this.#rules) {
      let base = path
      while (base !== '/' && this.#looker.look(base)?.kind !== 'directory') base = dirname(base)
      bases.add(base)
    }
    return bases
  }

  #hint(path: string, listed = false): void {
    if (this.#hints.size === 0) this.#firstHintAt = this.#clock.now()
    this.#hints.set(path, listed || this.#hints.get(path) === true)
    this.#wake()
  }

  async #awaitHint(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      signal.addEventListener('abort', this.#stop)
      if (this.#hints.size > 0 || this.#fault !== undefined || signal.aborted) resolve()
    })
    signal.removeEventListener('abort', this.#stop)
    this.#wake = () => {}
  }

  /** A single save is acted on at once; a burst is followed as long as it grows. */
  async #awaitPause(since: number): Promise<void> {
    let seen = 0
    while (this.#hints.size > seen && this.#clock.now() < since + longestWaitMs) {
      seen = this.#hints.size
      await this.#clock.sleep(stepMs)
    }
  }

  #look(): Change[] {
    if (this.#events >= this.#doubtfulEvents) for (const base of this.#bases()) this.#hints.set(base, true)
    this.#events = 0
    const changes = this.index.update(this.#hints)
    this.#hints.clear()
    return changes.some(({ kind }) => kind === 'removed') ? [...changes, ...this.#lookHigher()] : changes
  }

  /** What a rule names has gone, perhaps: then it is awaited in the directory that is left. */
  #lookHigher(): Change[] {
    const missing = [...this.#bases()].filter((base) => !this.#watchers.has(base))
    const changes = this.index.update(missing.map((base) => [base, true]))
    // Gone as well, meanwhile.
    for (const base of missing) if (!this.#watchers.has(base)) this.#hint(base, true)
    return changes
  }
}

/** The file's own time of change where it is believable, else when it was heard of. */
const savedAt = (changes: readonly Change[], heard: number): number => {
  let earliest = heard
  for (const { at } of changes) if (at !== undefined && at < earliest && at > heard - 10_000) earliest = at
  return earliest
}
