import { createHash } from 'node:crypto'
import { access, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { ApiError } from '../api/errors.ts'
import type { Cache } from './cache/cache.ts'
import { writeLease } from './cache/leases.ts'
import type { ImageDocument, ImageIndex, ImageLayer } from './image-index.ts'
import { baseKey } from './layers/ext4-base.ts'
import { ensureLayer } from './layers/layer-store.ts'
import { decodeConfig } from './oci-manifest.ts'

export interface IncomingLayer {
  readonly blob: ImageLayer['blob']
  /** The blob's bytes, each time from the start. */
  open(): Readable
}

export interface IncomingImage {
  readonly config: Buffer
  /** Bottom first, one per `rootfs.diff_ids`. */
  readonly layers: readonly IncomingLayer[]
  /** The bytes of its manifest, when it came with one. */
  readonly manifest?: Buffer
}

/**
 * Takes an image into the cache: its lease first, then every layer unpacked and verified, so that the image is whole when the
 * caller writes its document. Only then may the caller leave `cache.shared`.
 *
 * @returns the image without references
 * @throws ApiError 400 for an image that contradicts itself or holds something hostile
 */
export const ingestImage = async (
  { cache, index }: { readonly cache: Cache; readonly index: Pick<ImageIndex, 'pathOf'> },
  incoming: IncomingImage,
  onLayer: (layer: ImageLayer['blob'], step: 'extracting' | 'done') => void = () => undefined,
): Promise<Omit<ImageDocument, 'lastTagTime'>> => {
  const id = digestOf(incoming.config)
  const config = decodeConfig(incoming.config)
  if (config.os !== 'linux')
    throw new ApiError(400, `image operating system "${config.os}" cannot be used on this platform`)
  const diffIds = config.rootfs.diff_ids
  if (diffIds.length !== incoming.layers.length)
    throw new ApiError(400, 'invalid manifest, layers length mismatch: the configuration names others')
  const manifest = incoming.manifest === undefined ? undefined : digestOf(incoming.manifest)
  await writeLease(cache, id, {
    document: index.pathOf(id),
    blobs: [
      id,
      ...(manifest === undefined ? [] : [manifest]),
      ...incoming.layers.map(({ blob }) => blob.digest),
    ],
    layers: diffIds,
    base: baseKey(diffIds),
  })
  await storeBlob(cache, incoming.config)
  if (incoming.manifest !== undefined) await storeBlob(cache, incoming.manifest)
  const layers: ImageLayer[] = []
  for (const [i, { blob, open }] of incoming.layers.entries()) {
    const diffId = diffIds[i] as string
    onLayer(blob, 'extracting')
    const { size } = await ensureLayer(cache, { diffId, open })
    layers.push({ diffId, size, blob })
    onLayer(blob, 'done')
  }
  return { id, config, layers, tags: [], digests: [], ...(manifest !== undefined && { manifest }) }
}

export const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Moves a file whose digest is known into the blob store. */
export const adoptBlob = async (cache: Cache, file: string, digest: string): Promise<void> => {
  const path = cache.blob(digest)
  if (!(await exists(path))) await rename(file, path)
}

export const storeBlob = async (cache: Cache, bytes: Buffer): Promise<void> => {
  const digest = digestOf(bytes)
  if (await exists(cache.blob(digest))) return
  await cache.temporary(async (temporary) => {
    const file = join(temporary, 'blob')
    await writeFile(file, bytes, { mode: 0o600 })
    await adoptBlob(cache, file, digest)
  })
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
