import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Cache } from '../cache/cache.ts'
import type { ImageDocument } from '../image-index.ts'
import { endOfArchive, formatHeader, padTo512 } from '../tar/writer.ts'

export interface SavedImage {
  readonly image: ImageDocument
  /** Familiar names with tags that the archive gives it. */
  readonly names: readonly string[]
}

/**
 * An archive as `docker save` writes it: `manifest.json`, and below `blobs/sha256` the configurations and the layers as they came,
 * each once. The same images give the same bytes.
 */
export async function* saveImages(
  cache: Cache,
  images: readonly SavedImage[],
): AsyncGenerator<Buffer, void, undefined> {
  const digests = images.flatMap(({ image }) => [image.id, ...image.layers.map(({ blob }) => blob.digest)])
  for (const digest of new Set(digests)) {
    const path = cache.blob(digest)
    const { size } = await stat(path)
    yield header(blobName(digest), size)
    yield* createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>
    yield padTo512(size)
  }
  const manifest = Buffer.from(
    JSON.stringify(
      images.map(({ image, names }) => ({
        Config: blobName(image.id),
        RepoTags: names,
        Layers: image.layers.map(({ blob }) => blobName(blob.digest)),
      })),
    ),
  )
  yield header('manifest.json', manifest.length)
  yield manifest
  yield padTo512(manifest.length)
  yield endOfArchive
}

const blobName = (digest: string): string => digest.replace('sha256:', 'blobs/sha256/')

const header = (name: string, size: number): Buffer =>
  formatHeader({
    type: 'file',
    name,
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtime: '0',
    xattrs: new Map(),
  })
