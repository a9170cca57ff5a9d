import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from 'node:fs'
import { padding, type TarMember, tarEnd, tarHeader } from '../client/tar-header.ts'

/** What is to be in a container: the present state of some paths of the host. */
export interface Delta {
  /** Absolute paths in the container; none is below another. */
  readonly removals: readonly string[]
  /** Parents before what is in them. */
  readonly writes: readonly Write[]
}

export interface Write {
  readonly from: string
  /** Absolute, in the container. */
  readonly to: string
}

/** How removals are told: as in layers of OCI images, or by other means. */
export interface DeltaFormat {
  readonly whiteouts: boolean
}

/**
 * The delta as a tar below the root. All belongs to root, as Docker Compose does it. What has vanished since, or cannot be read, is
 * left out and told to `skipped`.
 */
export function* deltaTar(
  { removals, writes }: Delta,
  { whiteouts }: DeltaFormat,
  skipped: (path: string, error: unknown) => void,
): Generator<Buffer> {
  if (whiteouts) for (const path of removals) yield tarHeader(whiteout(path))
  for (const write of writes) {
    try {
      if (whiteouts && /\/\.wh\./.test(write.to))
        throw new Error('to us a name that begins so means a removal')
      yield* member(write)
    } catch (error) {
      if (error instanceof Torn) throw error
      skipped(write.from, error)
    }
  }
  yield tarEnd()
}

/** The archive has begun a member that cannot be finished. */
class Torn extends Error {}

const whiteout = (path: string): TarMember => {
  const slash = path.lastIndexOf('/')
  const name = `${path.slice(1, slash + 1)}.wh.${path.slice(slash + 1)}`
  return { path: name, kind: 'file', mode: 0, size: 0, modified: 0, ...owner }
}

const owner = { uid: 0, gid: 0 }

function* member({ from, to }: Write): Generator<Buffer> {
  const stats = lstatSync(from)
  const common = {
    path: to.replace(/^\/+/, ''),
    mode: stats.mode & 0o7777,
    modified: stats.mtimeMs / 1000,
    ...owner,
  }
  if (common.path === '') return
  if (stats.isDirectory()) yield tarHeader({ ...common, kind: 'directory', size: 0 })
  else if (stats.isSymbolicLink())
    yield tarHeader({ ...common, kind: 'link', size: 0, target: readlinkSync(from) })
  else if (stats.isFile()) yield* content(from, common)
}

const chunkBytes = 1 << 20

/** Exactly as many bytes as the header says: a file that shrinks meanwhile is filled up, and its next event brings it again. */
function* content(from: string, common: Omit<TarMember, 'kind' | 'size'>): Generator<Buffer> {
  const file = openSync(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile()) return
    const { size } = stats
    const mode = stats.mode & 0o7777
    if (size <= chunkBytes) {
      // Read before the header goes out: a file that cannot be read is then only left out.
      const header = tarHeader({ ...common, mode, kind: 'file', size })
      const bytes = Buffer.alloc(header.length + size + padding(size).length)
      header.copy(bytes)
      readFully(file, bytes, header.length, size)
      yield bytes
      return
    }
    yield tarHeader({ ...common, mode, kind: 'file', size })
    for (let left = size; left > 0; left -= chunkBytes) yield readOrTear(file, Math.min(left, chunkBytes))
    yield padding(size)
  } finally {
    closeSync(file)
  }
}

/** Reads `size` bytes, or what there is, to a place in a buffer of zeros. */
const readFully = (file: number, bytes: Buffer, start: number, size: number): void => {
  for (let at = 0; at < size; ) {
    const count = readSync(file, bytes, start + at, size - at, null)
    if (count === 0) break
    at += count
  }
}

const readOrTear = (file: number, size: number): Buffer => {
  try {
    const bytes = Buffer.alloc(size)
    readFully(file, bytes, 0, size)
    return bytes
  } catch (error) {
    throw new Torn('a file could not be read to its end', { cause: error })
  }
}
