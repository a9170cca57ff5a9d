import { blockSize, isMember, parseHeader, type TarEntry, TarFormatError } from './header.ts'
import { type PaxRecords, parsePax, withPax } from './pax.ts'

export interface TarMember {
  readonly entry: TarEntry
  /** Must be read, or left, before the next member is asked for; what is left is skipped. */
  readonly content: AsyncIterable<Buffer>
}

/** Extended headers and long names: far above any real one, far below what hurts. */
const longestHeaderData = 1024 * 1024

/**
 * The members of an archive, in order. Strict: a wrong checksum, a truncated member, an unknown type, or a sparse member
 * ends the reading with a `TarFormatError`. The rest of the stream after the end marker is read too, so that a digest over it is whole.
 */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarMember, void, undefined> {
  const bytes = byteReader(source)
  let global: PaxRecords = new Map()
  let local: PaxRecords = new Map()
  for (;;) {
    const block = await bytes.take(blockSize)
    if (block === undefined) break
    const header = parseHeader(block)
    if (header === undefined) break
    const { typeFlag } = header
    if (isMember(typeFlag)) {
      const described = withPax(header.entry, new Map([...global, ...local]))
      // Before POSIX a trailing slash of the whole name was the only mark of a directory.
      const isOldDirectory = typeFlag === '\0' && described.name.endsWith('/')
      const entry: TarEntry = isOldDirectory ? { ...described, type: 'directory', size: 0 } : described
      const content = bytes.window(entry.size)
      yield { entry, content }
      for await (const _ of content);
      await bytes.skip(padding(entry.size))
      local = new Map()
    } else if ('xgLK'.includes(typeFlag)) {
      const { size } = header.entry
      if (size > longestHeaderData) throw new TarFormatError('an extended header is too long')
      const data = (await bytes.take(size)) ?? Buffer.alloc(0)
      await bytes.skip(padding(size))
      if (typeFlag === 'x') local = new Map([...local, ...parsePax(data)])
      else if (typeFlag === 'g') global = parsePax(data)
      else local = new Map([...local, [typeFlag === 'L' ? 'path' : 'linkpath', untilNull(data)]])
    } else {
      throw new TarFormatError(`members of type ${JSON.stringify(typeFlag)} are not supported`)
    }
  }
  await bytes.drain()
}

const padding = (size: number): number => (blockSize - (size % blockSize)) % blockSize

const untilNull = (data: Buffer): Buffer => {
  const end = data.indexOf(0)
  return end === -1 ? data : data.subarray(0, end)
}

/** Pieces of exact length out of chunks of any length. */
const byteReader = (source: AsyncIterable<Buffer>) => {
  const chunks = source[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const next = await chunks.next()
    if (next.done === true) return false
    rest = rest.length === 0 ? next.value : Buffer.concat([rest, next.value])
    return true
  }
  /** Up to `length` bytes of what is there; nothing only at the end of the stream. */
  const some = async (length: number): Promise<Buffer> => {
    while (rest.length === 0) if (!(await more())) throw new TarFormatError('the archive is truncated')
    const piece = rest.subarray(0, length)
    rest = rest.subarray(piece.length)
    return piece
  }
  return {
    /** Exactly `length` bytes; undefined when the stream ended before the first. */
    take: async (length: number): Promise<Buffer | undefined> => {
      while (rest.length < length) {
        if (await more()) continue
        if (rest.length === 0) return undefined
        throw new TarFormatError('the archive is truncated')
      }
      const piece = rest.subarray(0, length)
      rest = rest.subarray(length)
      return piece
    },
    skip: async (length: number): Promise<void> => {
      for (let left = length; left > 0; ) left -= (await some(left)).length
    },
    /** The next `length` bytes as they come; iterating again goes on where the last iteration stopped. */
    window: (length: number): AsyncIterable<Buffer> => {
      let left = length
      return {
        async *[Symbol.asyncIterator]() {
          while (left > 0) {
            const piece = await some(left)
            left -= piece.length
            yield piece
          }
        },
      }
    },
    drain: async (): Promise<void> => {
      rest = Buffer.alloc(0)
      while (await more()) rest = Buffer.alloc(0)
    },
  }
}
