import type { BigIntStats } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What a file of the host was when it was last looked at. */
export interface Entry {
  readonly kind: 'file' | 'directory' | 'link'
  /** Permissions with the set-id bits. */
  readonly mode: number
  readonly size: number
  /** Nanoseconds since the epoch: changes with content, mode, owner and name. */
  readonly changed: bigint
  readonly inode: bigint
  /** Nanoseconds since the epoch: inodes are used again. 0 where the file system does not know. */
  readonly born: bigint
  /** Looked at so soon after the change that another one may have the same time. */
  readonly fresh: boolean
  /** Of the content, where the time alone does not tell; undefined where it was not worth the reading. */
  readonly checksum?: number | undefined
}

export interface Change {
  readonly path: string
  readonly kind: 'written' | 'removed'
  /** Something of another kind had the name before. */
  readonly replaces?: true
  /** Milliseconds since the epoch, as far as the file itself says when. */
  readonly at?: number
  /** It was not empty and now is: whoever saves it is probably about to fill it. */
  readonly emptied?: true
}

/** How the host's files are seen; paths are absolute. */
export interface Looker {
  /** Undefined: nothing there, or nothing that can be copied (a socket, a device). Does not follow links. */
  look(path: string): Entry | undefined
  /** A checksum of a file's content; undefined for what is too long to be read for that. */
  checksum(path: string): number | undefined
  /** Names in a directory; none where it cannot be read. */
  list(path: string): readonly string[]
  /** Whether the path, of that kind, is of interest to anybody. */
  wants(path: string, kind: Entry['kind']): boolean
  /** The names in a directory are about to be read. */
  enter(path: string): void
  /** A directory is no longer there, or another one is in its place. */
  leave(path: string): void
}

/** What is known of the watched files. Told where something may have happened, it says what did. */
export class TreeIndex {
  readonly #looker: Looker
  readonly #entries = new Map<string, Entry>()
  readonly #names = new Map<string, Set<string>>()

  constructor(looker: Looker) {
    this.#looker = looker
  }

  get(path: string): Entry | undefined {
    return this.#entries.get(path)
  }

  paths(): IterableIterator<string> {
    return this.#entries.keys()
  }

  /** `update` of one path. */
  updateOne(path: string, listed = false): Change[] {
    return this.update([[path, listed]])
  }

  /**
   * Compares paths with what was known of them, and all below what is new; with `true` below what is known already, too. Parents
   * come before what is in them.
   */
  update(paths: Iterable<readonly [path: string, listed: boolean]>): Change[] {
    const round: Round = { changes: [], looked: new Map() }
    for (const [path, listed] of paths) this.#compare(path, listed, round)
    return round.changes
  }

  /** `anew`: it is in a directory that was not looked into before, whatever may have been found under the name. */
  #compare(path: string, listed: boolean, round: Round, anew = false): void {
    const looked = anew ? undefined : round.looked.get(path)
    if (looked === true || (looked === false && !listed)) return
    const before = this.#entries.get(path)
    const found = this.#looker.look(path)
    const wanted = found !== undefined && this.#looker.wants(path, found.kind) ? found : undefined
    const isUnsure = wanted?.kind === 'file' && (wanted.fresh || before?.fresh === true)
    const now = isUnsure ? { ...wanted, checksum: this.#looker.checksum(path) } : wanted
    round.looked.set(path, listed || now?.kind !== 'directory')
    const goesOn = before !== undefined && now !== undefined && isSame(before, now)
    if (before !== undefined && !goesOn) this.#remove(path, round.changes)
    if (now === undefined) return
    this.#entries.set(path, now)
    this.#namesIn(dirname(path)).add(basename(path))
    if (!goesOn || differs(before, now))
      round.changes.push({
        path,
        kind: 'written',
        at: Number(now.changed / 1_000_000n),
        ...(before !== undefined && !goesOn ? { replaces: true } : {}),
        ...(before?.kind === 'file' && now.size === 0 && before.size > 0 ? { emptied: true } : {}),
      })
    if (now.kind !== 'directory') return
    // It may be readable now.
    const hasOtherMode = goesOn && before.mode !== now.mode
    if (goesOn && !listed && !hasOtherMode) return
    if (hasOtherMode) this.#looker.leave(path)
    this.#looker.enter(path)
    const names = new Set(this.#looker.list(path))
    for (const name of this.#names.get(path) ?? [])
      if (!names.has(name)) this.#compare(join(path, name), listed, round)
    for (const name of names) this.#compare(join(path, name), listed, round, !goesOn)
  }

  #remove(path: string, changes: Change[]): void {
    changes.push({ path, kind: 'removed' })
    if (this.#entries.get(path)?.kind === 'directory') this.#looker.leave(path)
    this.#entries.delete(path)
    this.#names.get(dirname(path))?.delete(basename(path))
    const names = this.#names.get(path)
    this.#names.delete(path)
    for (const name of names ?? []) this.#remove(join(path, name), changes)
  }

  #namesIn(directory: string): Set<string> {
    const names = this.#names.get(directory) ?? new Set()
    this.#names.set(directory, names)
    return names
  }
}

interface Round {
  readonly changes: Change[]
  /** What has been looked at; true: with all that is in it. */
  readonly looked: Map<string, boolean>
}

/** Whether what is in it goes on to be in it. A file that was replaced by another one has only changed. */
const isSame = (before: Entry, now: Entry): boolean =>
  before.kind === now.kind &&
  (now.kind !== 'directory' || (before.inode === now.inode && before.born === now.born))

/** A directory's own time changes with the names in it, which are looked at by themselves. */
const differs = (before: Entry, now: Entry): boolean =>
  now.kind === 'directory'
    ? before.mode !== now.mode
    : (before.fresh && (now.checksum === undefined || before.checksum !== now.checksum)) ||
      before.changed !== now.changed ||
      before.size !== now.size ||
      before.inode !== now.inode

/** Clocks of file systems advance in steps of up to this (a tick of the kernel, where it has no finer ones). */
const clockStepMs = 10

export const entryOf = (stats: BigIntStats, nowMs: number): Entry | undefined => {
  const kind = stats.isFile()
    ? 'file'
    : stats.isDirectory()
      ? 'directory'
      : stats.isSymbolicLink()
        ? 'link'
        : undefined
  if (kind === undefined) return undefined
  const fresh = Number(stats.ctimeNs / 1_000_000n) > nowMs - clockStepMs
  const mode = Number(stats.mode & 0o7777n)
  const { ctimeNs, birthtimeNs, ino, size } = stats
  return { kind, mode, size: Number(size), changed: ctimeNs, inode: ino, born: birthtimeNs, fresh }
}
