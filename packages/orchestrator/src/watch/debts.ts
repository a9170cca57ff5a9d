import type { Delta } from './delta.ts'
import type { Copy } from './plan-changes.ts'

/** What a container has not been given yet: paths, never contents, so that what is given is always the present state. */
export class Debts {
  /** By path in the container. */
  readonly #copies = new Map<string, Copy>()

  all(): Iterable<Copy> {
    return this.#copies.values()
  }

  add(copies: Iterable<Copy>): void {
    for (const copy of copies) {
      const before = this.#copies.get(copy.to)
      this.#copies.set(copy.to, before?.replaces ? { ...copy, replaces: true } : copy)
    }
  }

  /** All of it; what is owed is then nothing. */
  take(): Copy[] {
    const copies = [...this.#copies.values()]
    this.#copies.clear()
    return copies
  }
}

/** What brings a container to the present state of these paths. Its root is never removed, whatever became of what is copied there. */
export const deltaOf = (copies: readonly Copy[], exists: (path: string) => boolean): Delta => {
  const sorted = [...copies].sort((a, b) => (a.to < b.to ? -1 : a.to > b.to ? 1 : 0))
  const removals: string[] = []
  const removed = new Set<string>()
  for (const { from, to, replaces } of sorted) {
    if ((exists(from) && !replaces) || to === '/' || isBelow(removed, to)) continue
    removals.push(to)
    removed.add(to)
  }
  return { removals, writes: sorted.filter(({ from }) => exists(from)).map(({ from, to }) => ({ from, to })) }
}

const isBelow = (removed: ReadonlySet<string>, path: string): boolean => {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    if (removed.has(path.slice(0, slash))) return true
  return false
}
