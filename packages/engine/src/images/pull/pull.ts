import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { badParameter, notFound } from '../../api/errors.ts'
import { hexOf } from '../cache/cache.ts'
import type { ImageContext } from '../context.ts'
import type { ImageDocument } from '../image-index.ts'
import type { Images, PullProgress } from '../images.ts'
import { adoptBlob, digestOf, ingestImage } from '../ingest.ts'
import {
  choosePlatform,
  type Descriptor,
  decodeManifest,
  hostPlatform,
  longestManifest,
  type Manifest,
  parsePlatform,
} from '../oci-manifest.ts'
import { canonical, familiar, parseReference, type Reference, withDefaultTag } from '../reference.ts'
import { downloadProgress } from './download-progress.ts'
import {
  fetchBlobs,
  fetchDirectory,
  fetchImageConfig,
  fetchManifest,
  type RegistryAccess,
  writeAuthFile,
} from './skopeo.ts'

type PullOptions = Parameters<Images['pull']>[1]

/** As often as a person can read it. */
const progressIntervalMs = 200

/**
 * Brings an image from its registry: manifest, blobs, unpacked layers, and at last its document, so that an image which is there is
 * whole. Says on the way what Docker says.
 */
export const pullImage = (
  context: ImageContext,
  text: string,
  options: PullOptions,
): Promise<ImageDocument> => {
  const reference = withDefaultTag(parseReference(text))
  const platform =
    options.platform === undefined || options.platform === '' ? undefined : parsePlatform(options.platform)
  const { cache, index, refer, emit } = context
  return cache.shared(() =>
    cache.temporary(async (temporary) => {
      const access = await accessFor(reference, temporary, options)
      const top = await fetchManifest(reference, access)
      const topDigest = digestOf(top)
      if (reference.digest !== undefined && reference.digest !== topDigest)
        throw badParameter(`manifest verification failed for digest ${reference.digest}`)
      const { bytes, manifest } = await platformManifest(reference, top, platform ?? hostPlatform(), access)
      const { progress } = options
      progress({ status: `Pulling from ${reference.path}`, id: reference.tag ?? topDigest })
      await download(
        { ...reference, digest: digestOf(bytes) },
        access,
        manifest,
        context,
        temporary,
        progress,
      )
      const incoming = {
        config: await readFile(cache.blob(manifest.config.digest)),
        manifest: bytes,
        layers: manifest.layers.map(({ digest, mediaType, size }) => ({
          blob: { digest, mediaType, size },
          open: () => createReadStream(cache.blob(digest), { highWaterMark: 256 * 1024 }),
        })),
      }
      const image = await ingestImage(context, incoming, ({ digest, size }, step) =>
        step === 'extracting'
          ? progress({
              id: shortId(digest),
              status: 'Extracting',
              progressDetail: { current: size, total: size },
            })
          : progress({ id: shortId(digest), status: 'Pull complete', progressDetail: {} }),
      )
      if (platform !== undefined && image.config.architecture !== platform.architecture)
        throw notFound(
          `image with reference ${familiar(reference)} was found but does not provide the specified platform (${platform.os}/${platform.architecture})`,
        )
      const { tag, ...untagged } = reference
      const tags = tag === undefined ? [] : [canonical({ ...untagged, tag })]
      const before = index.get(image.id)
      const upToDate = before !== undefined && tags.every((name) => before.tags.includes(name))
      const document = refer(image, { tags, digests: [canonical({ ...untagged, digest: topDigest })] })
      progress({ status: `Digest: ${topDigest}` })
      progress({
        status: `Status: ${upToDate ? 'Image is up to date' : 'Downloaded newer image'} for ${familiar(reference)}`,
      })
      emit({ action: 'pull', id: familiar(reference), name: familiar(reference) })
      return document
    }),
  )
}

type ImageManifest = Extract<Manifest, { kind: 'image' }>

const accessFor = async (
  { domain }: Reference,
  temporary: string,
  { auth, signal }: PullOptions,
): Promise<RegistryAccess> => {
  if (auth === undefined || (auth.username === undefined && auth.identitytoken === undefined))
    return { signal }
  const authFile = join(temporary, 'auth.json')
  await writeAuthFile(authFile, domain, auth)
  return { authFile, signal }
}

/** The manifest of one image; an index is asked for the platform. Fetched by digest, so that a tag that moves meanwhile does no harm. */
const platformManifest = async (
  reference: Reference,
  top: Buffer,
  platform: Parameters<typeof choosePlatform>[1],
  access: RegistryAccess,
): Promise<{ bytes: Buffer; manifest: ImageManifest }> => {
  const outer = decodeManifest(top)
  if (outer.kind === 'image') return { bytes: top, manifest: checked(outer) }
  const { digest } = choosePlatform(outer.manifests, platform)
  const bytes = await fetchManifest({ ...reference, digest }, access)
  if (digestOf(bytes) !== digest) throw badParameter(`manifest verification failed for digest ${digest}`)
  const inner = decodeManifest(bytes)
  if (inner.kind === 'index') throw badParameter('an index within an index is not supported')
  return { bytes, manifest: checked(inner) }
}

const checked = (manifest: ImageManifest): ImageManifest => {
  if (manifest.config.size > longestManifest)
    throw badParameter('invalid manifest: the configuration is too long')
  return manifest
}

const download = async (
  reference: Reference,
  access: RegistryAccess,
  { layers, config }: ImageManifest,
  { cache }: ImageContext,
  temporary: string,
  report: (event: PullProgress) => void,
): Promise<void> => {
  const files = { blobOf: cache.blob, temporary: join(temporary, 'oci') }
  await mkdir(files.temporary)
  const pending = new Map<string, Descriptor>()
  for (const { layer, complete } of await downloadProgress(layers, files)) {
    const status = complete ? 'Already exists' : 'Pulling fs layer'
    report({ id: shortId(layer.digest), status, progressDetail: {} })
    if (!complete) pending.set(layer.digest, layer)
  }
  const told = new Map<string, number>()
  const look = async (): Promise<void> => {
    for (const { layer, current, complete } of await downloadProgress([...pending.values()], files)) {
      const id = shortId(layer.digest)
      if (complete) {
        pending.delete(layer.digest)
        report({ id, status: 'Download complete', progressDetail: {} })
      } else if (current > (told.get(id) ?? 0)) {
        told.set(id, current)
        report({ id, status: 'Downloading', progressDetail: { current, total: layer.size } })
      }
    }
  }
  let looking: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    looking = looking.then(look, () => undefined)
  }, progressIntervalMs)
  try {
    await fetchBlobs(reference, access, { blobs: join(cache.dir, 'blobs'), temporary: files.temporary })
  } finally {
    clearInterval(timer)
    await looking.catch(() => undefined)
  }
  await fetchConfig(reference, access, { config, cache, temporary })
  await fetchSubstituted(reference, access, { layers, cache, temporary })
  await look()
}

/** In an OCI layout skopeo writes the configuration of a manifest of Docker's anew; the image's id is that of the one that it had. */
const fetchConfig = async (
  reference: Reference,
  access: RegistryAccess,
  {
    config,
    cache,
    temporary,
  }: Pick<ImageManifest, 'config'> & Pick<ImageContext, 'cache'> & { readonly temporary: string },
): Promise<void> => {
  if (existsSync(cache.blob(config.digest))) return
  const bytes = await fetchImageConfig(reference, access)
  if (digestOf(bytes) !== config.digest)
    throw badParameter(`image verification failed for digest ${config.digest}`)
  const file = join(temporary, 'config')
  await writeFile(file, bytes, { mode: 0o600 })
  await adoptBlob(cache, file, config.digest)
}

/**
 * skopeo remembers which blobs are one another compressed, and where one is there leaves the other out. The manifest names that
 * one, and who saves the image later wants what the registry has.
 */
const fetchSubstituted = async (
  reference: Reference,
  access: RegistryAccess,
  {
    layers,
    cache,
    temporary,
  }: Pick<ImageManifest, 'layers'> & Pick<ImageContext, 'cache'> & { readonly temporary: string },
): Promise<void> => {
  const missing = layers.filter(({ digest }) => !existsSync(cache.blob(digest)))
  if (missing.length === 0) return
  const whole = join(temporary, 'whole')
  await fetchDirectory(reference, access, whole)
  for (const { digest } of missing) await adoptBlob(cache, join(whole, hexOf(digest)), digest)
}

const shortId = (digest: string): string => digest.slice(7, 19)
