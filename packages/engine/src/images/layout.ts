import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cache } from './cache/cache.ts'
import type { ImageContext } from './context.ts'
import type { ImageDocument } from './image-index.ts'
import { digestOf, ingestImage, storeBlob } from './ingest.ts'
import { decodeConfig, decodeManifest, longestManifest } from './oci-manifest.ts'

/** An OCI image layout (image-spec image-layout.md) whose blobs lie in a folder of their own, as skopeo's `--shared-blob-dir` has them. */
export interface SharedLayout {
  /** Holds `index.json`. */
  readonly dir: string
  /** Holds `sha256/`. */
  readonly blobs: string
}

/** Writes a layout of the image into the new directory `dir`; no blob of it is copied. To be called within `cache.shared`. */
export const writeLayout = async (cache: Cache, image: ImageDocument, dir: string): Promise<SharedLayout> => {
  await mkdir(dir, { mode: 0o700 })
  const config = await stat(cache.blob(image.id))
  // Only Docker's manifest leaves a configuration with health check and triggers as it is; zstd it does not know.
  const isDocker = !image.layers.some(({ blob }) => blob.mediaType.endsWith('zstd'))
  const types = isDocker ? dockerTypes : ociTypes
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: types.manifest,
      config: { mediaType: types.config, digest: image.id, size: config.size },
      layers: image.layers.map(({ blob }) => ({
        mediaType: types.layer(blob.mediaType),
        digest: blob.digest,
        size: blob.size,
      })),
    }),
  )
  await storeBlob(cache, manifest)
  await writeFile(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  await writeFile(
    join(dir, 'index.json'),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: types.manifest, digest: digestOf(manifest), size: manifest.length }],
    }),
  )
  return { dir, blobs: join(cache.dir, 'blobs') }
}

const docker = 'application/vnd.docker'
const oci = 'application/vnd.oci.image'
const isGzip = (mediaType: string): boolean => mediaType.endsWith('gzip')

const dockerTypes = {
  manifest: `${docker}.distribution.manifest.v2+json`,
  config: `${docker}.container.image.v1+json`,
  layer: (type: string) => `${docker}.image.rootfs.diff.tar${isGzip(type) ? '.gzip' : ''}`,
}
const ociTypes = {
  manifest: `${oci}.manifest.v1+json`,
  config: `${oci}.config.v1+json`,
  layer: (type: string) =>
    `${oci}.layer.v1.tar${isGzip(type) ? '+gzip' : type.endsWith('zstd') ? '+zstd' : ''}`,
}

/**
 * Takes the image of a layout whose blobs are in the cache already, with the configuration `config` in place of the layout's own.
 * A layer that is known is the one that it was. To be called within `cache.shared`.
 */
export const takeLayout = async (
  context: Pick<ImageContext, 'cache' | 'index'>,
  { dir }: SharedLayout,
  config: Buffer,
): Promise<Omit<ImageDocument, 'lastTagTime'>> => {
  const { cache, index } = context
  const top = decodeManifest(await readFile(join(dir, 'index.json')))
  const [first] = top.kind === 'index' ? top.manifests : []
  if (first === undefined) throw new Error('the layout holds no image')
  if (first.size > longestManifest) throw new Error('the manifest is too long')
  const manifest = decodeManifest(await readFile(cache.blob(first.digest)))
  if (manifest.kind !== 'image') throw new Error('the layout holds an index')
  const diffIds = decodeConfig(config).rootfs.diff_ids
  const known = new Map(
    index.all().flatMap(({ layers }) => layers.map((layer) => [layer.diffId, layer.blob])),
  )
  return ingestImage(context, {
    config,
    layers: manifest.layers.map(({ digest, mediaType, size }, at) => {
      const blob = known.get(diffIds[at] ?? '') ?? { digest, mediaType, size }
      return {
        blob,
        open: () => createReadStream(cache.blob(blob.digest), { highWaterMark: 256 * 1024 }),
      }
    }),
  })
}
