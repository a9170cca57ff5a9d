import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { badParameter } from '../../api/errors.ts'
import { decompressed } from '../layers/decompress.ts'
import { TarFormatError } from '../tar/header.ts'
import { readTar } from '../tar/reader.ts'

/** A file of an archive, on disk under a name of ours. */
export interface SpooledFile {
  readonly path: string
  readonly digest: string
  readonly size: number
  open(): Readable
}

export interface SpooledArchive {
  /** The file of that name, through the links of the archive. */
  file(name: string): SpooledFile | undefined
  /** Its content. @throws ApiError 400 when it is missing or longer than `limit` bytes */
  read(name: string, limit: number): Promise<Buffer>
}

const mostMembers = 100_000
const mostBytes = 64 * 1024 ** 3

/**
 * Writes the files of an archive (plain or compressed) into the empty directory `dir`, with their digests. Names of the archive
 * are only looked up, never used as paths, so that nothing in it can write anywhere else.
 */
export const spoolArchive = async (archive: AsyncIterable<Buffer>, dir: string): Promise<SpooledArchive> => {
  const files = new Map<string, SpooledFile>()
  const links = new Map<string, string>()
  let bytes = 0
  let members = 0
  try {
    for await (const { entry, content } of readTar(decompressed(archive))) {
      if (++members > mostMembers) throw badParameter(`the archive has more than ${mostMembers} members`)
      const name = normalise(entry.name)
      // Older versions of `docker save` link layers that several images share.
      if (entry.type === 'symlink')
        links.set(name, normalise(posix.join(posix.dirname(name), entry.linkName)))
      if (entry.type === 'hardlink') links.set(name, normalise(entry.linkName))
      if (entry.type !== 'file') continue
      bytes += entry.size
      if (bytes > mostBytes) throw badParameter(`the archive is larger than ${mostBytes} bytes`)
      files.set(name, await spoolFile(content, join(dir, String(members)), entry.size))
    }
  } catch (error) {
    if (error instanceof TarFormatError) throw badParameter(`invalid archive: ${error.message}`)
    throw error
  }
  const file = (name: string): SpooledFile | undefined => {
    let at = normalise(name)
    for (let hops = 0; hops < 10 && !files.has(at); hops++) at = links.get(at) ?? at
    return files.get(at)
  }
  return {
    file,
    read: async (name, limit) => {
      const found = file(name)
      if (found === undefined) throw badParameter(`invalid archive: ${JSON.stringify(name)} is missing`)
      if (found.size > limit) throw badParameter(`invalid archive: ${JSON.stringify(name)} is too long`)
      return readFile(found.path)
    },
  }
}

const spoolFile = async (
  content: AsyncIterable<Buffer>,
  path: string,
  size: number,
): Promise<SpooledFile> => {
  const hash = createHash('sha256')
  const hashed = async function* () {
    for await (const chunk of content) {
      hash.update(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.from(hashed(), { objectMode: false }), createWriteStream(path, { mode: 0o600 }))
  return {
    path,
    digest: `sha256:${hash.digest('hex')}`,
    size,
    open: () => createReadStream(path, { highWaterMark: 256 * 1024 }),
  }
}

const normalise = (name: string): string => posix.normalize(`/${name}`).slice(1)
