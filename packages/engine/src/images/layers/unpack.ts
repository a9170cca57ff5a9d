import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isSystemError } from '@container-compose/core'
import { execa } from 'execa'
import { readTar, type TarMember } from '../tar/reader.ts'
import { endOfArchive, formatHeader, padTo512 } from '../tar/writer.ts'
import { decompressed } from './decompress.ts'
import { LayerError, type LayerLimits, planLayer, type Whiteouts } from './layer-plan.ts'

export interface UnpackedLayer extends Whiteouts {
  /** Sum of the sizes of its files, in bytes. */
  readonly size: number
}

/**
 * Unpacks a layer, compressed or not, into the new directory `tree`: owners, modes, times, links and extended attributes as in the
 * archive, without device nodes; whiteouts are returned, not unpacked.
 *
 * The archive is never given to tar as it is: each member is judged, and written anew under its safe name, so that what tar reads
 * is what was judged. Rejects with a `LayerError` or `TarFormatError`; `tree` is then incomplete and the caller's to remove.
 *
 * @param diffId digest of the uncompressed archive, which must match
 */
export const unpackLayer = async (
  blob: Readable,
  { tree, diffId, limits }: { readonly tree: string; readonly diffId: string; readonly limits: LayerLimits },
): Promise<UnpackedLayer> => {
  await mkdir(tree, { mode: 0o755 })
  const plan = planLayer(limits)
  const hash = createHash('sha256')
  let size = 0
  const counted = async function* (): AsyncGenerator<Buffer, void, undefined> {
    let bytes = 0
    for await (const chunk of decompressed(blob)) {
      bytes += chunk.length
      if (bytes > limits.bytes) throw new LayerError(`larger than ${limits.bytes} bytes`)
      hash.update(chunk)
      yield chunk
    }
  }
  const safeArchive = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for await (const member of readTar(counted())) {
      if (member.entry.size > limits.bytes) throw new LayerError(`larger than ${limits.bytes} bytes`)
      const admitted = plan.admit(member.entry)
      if (admitted.at(-1)?.type === 'file') size += member.entry.size
      for (const entry of admitted) yield* memberBytes(entry, member)
    }
    yield endOfArchive
  }
  const tar = execa('tar', tarArguments(tree), { ...toolOptions, stdin: 'pipe' })
  const [fed, ended] = await Promise.allSettled([
    pipeline(Readable.from(batched(safeArchive()), { objectMode: false }), tar.stdin),
    tar,
  ])
  // When tar stops early, its own words say more than our broken pipe.
  if (fed.status === 'rejected' && !isSystemError(fed.reason, 'EPIPE')) throw fed.reason
  if (ended.status === 'rejected')
    throw new LayerError(`tar can't unpack it: ${ended.reason.stderr}`, { cause: ended.reason })
  const found = `sha256:${hash.digest('hex')}`
  if (found !== diffId) throw new LayerError(`its content is ${found}, not ${diffId}`)
  return { ...plan.whiteouts(), size }
}

/** Tools speak English, and no variable of the environment changes what they do (`TAR_OPTIONS`). */
export const toolOptions = {
  extendEnv: false,
  env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
} as const

const tarArguments = (tree: string): string[] => [
  '--extract',
  '--file=-',
  `--directory=${tree}`,
  '--preserve-permissions',
  '--same-owner',
  '--numeric-owner',
  '--xattrs',
  '--xattrs-include=*',
  '--delay-directory-restore',
  '--warning=no-timestamp',
]

async function* memberBytes(entry: Parameters<typeof formatHeader>[0], { content }: TarMember) {
  yield formatHeader(entry)
  if (entry.type !== 'file') return
  yield* content
  yield padTo512(entry.size)
}

const worthAWrite = 64 * 1024

/** Small pieces joined: a write per header would cost more than the unpacking. Large ones go as they are. */
export async function* batched(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let pieces: Buffer[] = []
  let length = 0
  for await (const piece of source) {
    if (length > 0 && length + piece.length > 4 * worthAWrite) {
      yield Buffer.concat(pieces, length)
      pieces = []
      length = 0
    }
    if (length === 0 && piece.length >= worthAWrite) yield piece
    else {
      pieces.push(piece)
      length += piece.length
    }
  }
  if (length > 0) yield Buffer.concat(pieces, length)
}
