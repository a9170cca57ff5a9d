import { type EventEmitter, once } from 'node:events'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type Pack, pack } from 'tar-stream'
import { type ContextFile, type ContextRules, contextFiles, unreadable } from './context-files.ts'

/** A tree or a file of the archive that a build is sent. */
export type ArchivePart =
  | {
      readonly kind: 'folder'
      readonly prefix: string
      readonly folder: string
      readonly rules: ContextRules
    }
  | { readonly kind: 'file'; readonly name: string; readonly content: Buffer }

/** The archive of these parts; files of the last ones take the place of those before. Everything belongs to root. */
export const buildArchive = (parts: readonly ArchivePart[]): Readable => {
  const archive = pack()
  const replaced = new Set(parts.flatMap((part) => (part.kind === 'file' ? [part.name] : [])))
  const write = async (): Promise<void> => {
    for (const part of parts) {
      if (part.kind === 'file') await addContent(archive, part.name, part.content)
      else
        for await (const file of contextFiles(part.folder, part.rules))
          if (!replaced.has(part.prefix + file.path)) await addFile(archive, part.prefix + file.path, file)
    }
    archive.finalize()
  }
  // Whoever reads the archive hears of it.
  write().catch((error: Error) => archive.destroy(error))
  return Readable.from(joined(archive as AsyncIterable<Buffer>), { objectMode: false })
}

/** Small pieces as one: each would be a write of its own, and a chunk of HTTP. */
async function* joined(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let length = 0
  for await (const piece of pieces) {
    held.push(piece)
    length += piece.length
    if (length < worthSending) continue
    yield held.length === 1 ? piece : Buffer.concat(held, length)
    held = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(held, length)
}

/** Bytes. */
const worthSending = 128 * 1024

const root = { uid: 0, gid: 0 }

const addContent = (archive: Pack, name: string, content: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    archive.entry({ ...root, name, mode: 0o600, mtime: new Date(0) }, content, (error) =>
      error ? reject(error) : resolve(),
    )
  })

const addFile = async (archive: Pack, name: string, file: ContextFile): Promise<void> => {
  const { stats, kind, target } = file
  const header = { ...root, name, mode: stats.mode & 0o7777, mtime: new Date(Math.floor(stats.mtimeMs)) }
  if (kind === 'file' && stats.size > smallFile)
    return addFileContent(archive, { ...header, size: stats.size }, file)
  // A stream for each small file would cost more than what is in it.
  const content = kind === 'file' ? await readWhole(file) : undefined
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve())
    if (content !== undefined) archive.entry({ ...header, size: content.length }, content, done)
    else if (kind === 'directory') archive.entry({ ...header, type: 'directory' }, done)
    else archive.entry({ ...header, type: 'symlink', linkname: target ?? '' }, done)
  })
}

/** Bytes. */
const smallFile = 256 * 1024

const readWhole = async ({ absolute }: ContextFile): Promise<Buffer> => {
  try {
    return await readFile(absolute)
  } catch (error) {
    throw unreadable(absolute, error)
  }
}

/** A file that changes meanwhile is sent with the size that it had: a header can't be taken back. */
const addFileContent = async (
  archive: Pack,
  header: Parameters<Pack['entry']>[0] & { readonly size: number },
  { absolute, path }: ContextFile,
): Promise<void> => {
  const entry = archive.entry(header)
  const finished = once(entry as unknown as EventEmitter, 'finish')
  // It is awaited below; until then its failure is that of the writing.
  finished.catch(() => undefined)
  const source = createReadStream(absolute, { highWaterMark: 256 * 1024 })
  // Reading throws it, too; an empty file is not read.
  source.on('error', () => undefined)
  try {
    for await (const piece of exactly(source, header.size, path))
      if (!entry.write(piece)) await once(entry as unknown as EventEmitter, 'drain')
    entry.end(undefined)
    await finished
  } catch (error) {
    throw unreadable(absolute, error)
  } finally {
    source.destroy()
  }
}

async function* exactly(source: AsyncIterable<Buffer>, size: number, path: string): AsyncGenerator<Buffer> {
  let left = size
  if (left === 0) return
  for await (const chunk of source) {
    const piece = chunk.subarray(0, left)
    left -= piece.length
    if (piece.length > 0) yield piece
    if (left === 0) return
  }
  throw new Error(`build context: ${path} became shorter while it was read`)
}
