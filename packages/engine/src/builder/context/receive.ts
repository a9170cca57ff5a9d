import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isSystemError } from '@container-compose/core'
import { execa } from 'execa'
import { badParameter } from '../../api/errors.ts'
import { decompressed } from '../../images/layers/decompress.ts'
import { batched, toolOptions } from '../../images/layers/unpack.ts'
import { type TarEntry, TarFormatError } from '../../images/tar/header.ts'
import { readTar } from '../../images/tar/reader.ts'
import { endOfArchive, formatHeader, padTo512 } from '../../images/tar/writer.ts'
import { admission } from './admission.ts'

/** Bytes of all files together, and number of members: more is no context that a person means to send. */
export interface ContextLimits {
  readonly bytes: number
  readonly entries: number
}

export interface ReceiveOptions {
  readonly limits?: ContextLimits
  /** Paths that are passed over. */
  readonly leavesOut?: (path: string) => boolean
}

const defaultLimits: ContextLimits = { bytes: 32 * 1024 ** 3, entries: 1_000_000 }

/**
 * Unpacks the archive that a client sent, compressed or not, into the new directory `folder`. Everything belongs to root, as COPY
 * wants it; device nodes, and names that leave the directory or go through a link, end it.
 *
 * The archive is never given to tar as it is: each member is judged, and written anew, so that what tar reads is what was judged.
 *
 * @throws ApiError 400
 */
export const receiveContext = async (
  archive: AsyncIterable<Buffer>,
  folder: string,
  { limits = defaultLimits, leavesOut = () => false }: ReceiveOptions = {},
): Promise<void> => {
  await mkdir(folder, { mode: 0o755 })
  const judged = async function* (): AsyncGenerator<Buffer, void, undefined> {
    const admit = admission()
    let bytes = 0
    let entries = 0
    for await (const { entry, content } of readTar(decompressed(archive))) {
      bytes += entry.size
      entries += 1
      if (bytes > limits.bytes || entries > limits.entries)
        throw badParameter(
          `the build context is larger than ${limits.bytes} bytes or ${limits.entries} files; leave things out by a .dockerignore`,
        )
      const admitted: TarEntry | undefined = admit(entry)
      if (admitted === undefined || leavesOut(nameOf(admitted))) continue
      yield formatHeader(admitted)
      if (admitted.type !== 'file') continue
      yield* content
      yield padTo512(admitted.size)
    }
    yield endOfArchive
  }
  const tar = execa('tar', [...tarArguments, `--directory=${folder}`], { ...toolOptions, stdin: 'pipe' })
  const [fed, ended] = await Promise.allSettled([
    pipeline(Readable.from(batched(judged()), { objectMode: false }), tar.stdin),
    tar,
  ])
  // When tar stops early, its own words say more than our broken pipe.
  if (fed.status === 'rejected' && !isSystemError(fed.reason, 'EPIPE')) {
    if (fed.reason instanceof TarFormatError)
      throw badParameter(`invalid build context: ${fed.reason.message}`)
    throw fed.reason
  }
  if (ended.status === 'rejected')
    throw badParameter(`the build context can't be unpacked: ${ended.reason.stderr}`)
}

/** The path as people write it: names are one character per byte, and a directory's ends with a slash. */
const nameOf = ({ name }: TarEntry): string => Buffer.from(name.replace(/\/$/, ''), 'latin1').toString()

const tarArguments = [
  '--extract',
  '--file=-',
  '--preserve-permissions',
  '--same-owner',
  '--numeric-owner',
  '--delay-directory-restore',
  '--warning=no-timestamp',
]
