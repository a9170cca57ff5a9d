import { badParameter } from '../../api/errors.ts'
import type { IncomingImage } from '../ingest.ts'
import {
  choosePlatform,
  type Descriptor,
  decodeManifest,
  hostPlatform,
  longestManifest,
} from '../oci-manifest.ts'
import type { SpooledArchive, SpooledFile } from './spool.ts'

export interface ArchivedImage extends IncomingImage {
  /** As the archive has them, not yet parsed. */
  readonly names: readonly string[]
  readonly files: readonly SpooledFile[]
}

const layerType = 'application/vnd.oci.image.layer.v1.tar'

/**
 * The images of an archive that `docker save` (`manifest.json`) or an OCI tool (`index.json`, image-spec image-layout.md) wrote.
 * Where both are there, Docker's comes first: it alone has the names.
 *
 * @throws ApiError 400
 */
export const imagesOf = async (archive: SpooledArchive): Promise<ArchivedImage[]> => {
  if (archive.file('manifest.json') !== undefined) return dockerImages(archive)
  if (archive.file('index.json') !== undefined) return ociImages(archive)
  throw badParameter('invalid archive: it has neither manifest.json nor index.json, so it holds no image')
}

const dockerImages = async (archive: SpooledArchive): Promise<ArchivedImage[]> => {
  const manifest: unknown = JSON.parse((await archive.read('manifest.json', longestManifest)).toString())
  if (!Array.isArray(manifest)) throw badParameter('invalid archive: manifest.json is no list')
  const images: ArchivedImage[] = []
  for (const { Config, RepoTags, Layers } of manifest) {
    if (typeof Config !== 'string' || !isTexts(Layers) || !isTexts(RepoTags ?? []))
      throw badParameter('invalid archive: manifest.json')
    const files = (Layers as string[]).map((name) => {
      const file = archive.file(name)
      if (file === undefined) throw badParameter(`invalid archive: ${JSON.stringify(name)} is missing`)
      return file
    })
    images.push({
      config: await archive.read(Config, longestManifest),
      layers: files.map((file) => incomingLayer(file, layerType)),
      names: (RepoTags ?? []) as string[],
      files,
    })
  }
  return images
}

const ociImages = async (archive: SpooledArchive): Promise<ArchivedImage[]> => {
  const index = decodeManifest(await archive.read('index.json', longestManifest))
  if (index.kind !== 'index') throw badParameter('invalid archive: index.json is no index')
  const images: ArchivedImage[] = []
  for (const top of index.manifests) {
    const bytes = await readBlob(archive, top)
    const outer = decodeManifest(bytes)
    const chosen =
      outer.kind === 'image'
        ? bytes
        : await readBlob(archive, choosePlatform(outer.manifests, hostPlatform()))
    const manifest = outer.kind === 'image' ? outer : decodeManifest(chosen)
    if (manifest.kind === 'index') throw badParameter('invalid archive: an index within an index')
    const layers = manifest.layers.map((layer) => ({ layer, file: blobOf(archive, layer) }))
    images.push({
      config: await readBlob(archive, manifest.config),
      manifest: chosen,
      layers: layers.map(({ layer, file }) => incomingLayer(file, layer.mediaType)),
      names: namesOf(top),
      files: layers.map(({ file }) => file),
    })
  }
  return images
}

/** containerd and Docker annotate the whole name; others put it, or only the tag, where the specification has the tag. */
const namesOf = ({ annotations }: Descriptor): string[] => {
  const whole = annotations['io.containerd.image.name']
  if (whole !== undefined) return [whole]
  const name = annotations['org.opencontainers.image.ref.name']
  return name !== undefined && /[/:]/.test(name) ? [name] : []
}

const blobOf = (archive: SpooledArchive, { digest }: Descriptor): SpooledFile => {
  const file = archive.file(`blobs/sha256/${digest.slice(7)}`)
  if (file === undefined) throw badParameter(`invalid archive: blob ${digest} is missing`)
  if (file.digest !== digest)
    throw badParameter(`invalid archive: blob ${digest} has the content of ${file.digest}`)
  return file
}

const readBlob = (archive: SpooledArchive, descriptor: Descriptor): Promise<Buffer> => {
  blobOf(archive, descriptor)
  return archive.read(`blobs/sha256/${descriptor.digest.slice(7)}`, longestManifest)
}

const incomingLayer = (file: SpooledFile, mediaType: string) => ({
  blob: { digest: file.digest, mediaType, size: file.size },
  open: () => file.open(),
})

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
