import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Clock, systemClock } from '@container-compose/core'
import { badParameter, notFound } from '../api/errors.ts'
import type { OnSetAside } from '../store/document.ts'
import { imagesOf } from './archive/images-of.ts'
import { saveImages } from './archive/save.ts'
import { spoolArchive } from './archive/spool.ts'
import { openCache } from './cache/cache.ts'
import { type ImageContext, imageOf, noSuchImage } from './context.ts'
import { findDocument, isIdOf } from './find.ts'
import { type ImageDocument, openImageIndex } from './image-index.ts'
import type { ImageEvent, Images } from './images.ts'
import { adoptBlob, ingestImage } from './ingest.ts'
import { baseKey, ensureBase, findBase } from './layers/ext4-base.ts'
import { type Layer, readLayer } from './layers/layer-store.ts'
import { runMerged } from './layers/merge.ts'
import { resolveDirectory } from './layers/merged-tree.ts'
import { takeLayout, writeLayout } from './layout.ts'
import { askRegistry } from './pull/distribution.ts'
import { pullImage } from './pull/pull.ts'
import { pushImage } from './push/push.ts'
import { canonical, familiar, parseReference, withDefaultTag } from './reference.ts'
import { pruneImages, removeImage } from './remove.ts'

export interface LocalImagesOptions {
  /** `data/images` of the engine's root. */
  readonly dir: string
  /** Shared with other engines. */
  readonly cacheDir: string
  readonly onSetAside: OnSetAside
  readonly onEvent?: (event: ImageEvent) => void
  readonly clock?: Clock
}

/** The images of one engine: documents in its root, content in the cache. */
export const openImages = async (options: LocalImagesOptions): Promise<Images> => {
  const { clock = systemClock } = options
  const cache = await openCache(options.cacheDir)
  const index = openImageIndex(options.dir, options.onSetAside)
  const emit = options.onEvent ?? (() => undefined)

  const refer: ImageContext['refer'] = (image, { tags, digests }) => {
    const { removed: _, ...before } = index.get(image.id) ?? image
    const merged = {
      ...before,
      ...image,
      tags: union(before.tags, tags),
      digests: union(before.digests, digests),
    }
    const document = { ...merged, lastTagTime: clock.now() }
    index.put(document)
    for (const other of index.all()) {
      const stored = index.get(other.id)
      if (other.id === document.id || stored === undefined) continue
      const left = stored.tags.filter((tag) => !tags.includes(tag))
      if (left.length < stored.tags.length) index.put({ ...stored, tags: left })
    }
    return document
  }
  const context: ImageContext = { cache, index, emit, refer }

  const need = (id: string): ImageDocument => {
    const document = index.get(id)
    if (document === undefined) throw noSuchImage(id)
    return document
  }

  const layersOf = async (document: ImageDocument): Promise<Layer[]> => {
    const layers: Layer[] = []
    for (const { diffId } of document.layers) {
      const layer = await readLayer(cache, diffId)
      if (layer === undefined)
        throw notFound(
          `the content of image ${document.id.slice(0, 19)} is gone from the cache; pull or load it again`,
        )
      layers.unshift(layer)
    }
    return layers
  }

  return {
    find: async (reference) => {
      const document = findDocument(index, reference)
      return document && imageOf(document)
    },
    list: async () =>
      index
        .all()
        .filter(({ removed }) => removed !== true)
        .map(imageOf)
        .reverse(),
    pull: async (reference, pullOptions) => imageOf(await pullImage(context, reference, pullOptions)),
    push: (reference, pushOptions) => pushImage(context, reference, pushOptions),
    distribution: (reference, askOptions) => askRegistry(context, reference, askOptions),
    load: (archive) =>
      cache.shared(() =>
        cache.temporary(async (temporary) => {
          const loaded = []
          for (const { names, files, ...incoming } of await imagesOf(
            await spoolArchive(archive, temporary),
          )) {
            const references = names.map((name) => withDefaultTag(parseReference(name)))
            const image = await ingestImage(context, incoming)
            for (const file of files) await adoptBlob(cache, file.path, file.digest)
            const document = refer(image, { tags: references.map(canonical), digests: [] })
            const shown = references.map(familiar)
            emit({ action: 'load', id: document.id, name: shown[0] ?? document.id })
            loaded.push({ image: imageOf(document), names: shown })
          }
          return loaded
        }),
      ),
    save: async (references) => {
      const saved = references.map((reference) => {
        const image = findDocument(index, reference)
        if (image === undefined) throw noSuchImage(reference)
        if (isIdOf(image, reference)) return { image, names: imageOf(image).repoTags }
        const name = withDefaultTag(parseReference(reference))
        return { image, names: name.tag === undefined ? [] : [familiar(name)] }
      })
      return Readable.from(saveImages(cache, saved), { objectMode: false })
    },
    withLayout: (imageId, use) =>
      cache.shared(() =>
        cache.temporary(async (temporary) =>
          use(await writeLayout(cache, need(imageId), join(temporary, 'layout'))),
        ),
      ),
    takeLayout: (write, names) =>
      cache.shared(() =>
        cache.temporary(async (temporary) => {
          const references = names.map((name) => withDefaultTag(parseReference(name)))
          const layout = { dir: join(temporary, 'layout'), blobs: join(cache.dir, 'blobs') }
          const image = await takeLayout(context, layout, await write(layout))
          const document = refer(image, { tags: references.map(canonical), digests: [] })
          for (const name of references) emit({ action: 'tag', id: document.id, name: familiar(name) })
          return imageOf(document)
        }),
      ),
    tag: async (image, reference) => {
      const document = findDocument(index, image)
      if (document === undefined) throw noSuchImage(image)
      const name = withDefaultTag(parseReference(reference))
      if (name.digest !== undefined) throw badParameter('refusing to create a tag with a digest reference')
      refer(document, { tags: [canonical(name)], digests: [] })
      emit({ action: 'tag', id: document.id, name: familiar(name) })
    },
    remove: (reference, removeOptions) => removeImage(context, reference, removeOptions),
    prune: (pruneOptions) => pruneImages(context, pruneOptions),
    root: async (imageId) => {
      const document = need(imageId)
      const key = baseKey(document.layers.map(({ diffId }) => diffId))
      // What is there stays: it is leased for as long as the document exists.
      const there = await findBase(cache, key)
      const make = () => cache.shared(() => ensureBase(cache, key, () => layersOf(document)))
      return { imageId, ext4Base: there ?? (await make()) }
    },
    copyOut: (imageId, path, destination) =>
      cache.shared(async () => {
        const layers = await layersOf(need(imageId))
        const found = await resolveDirectory(layers, path)
        if (found === undefined) return
        const copy = ['cp', '--archive', '--no-target-directory', `merged/${found}/.`, `${destination}/.`]
        await cache.temporary((temporary) => runMerged(layers, temporary, copy))
      }),
  }
}

const union = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])]
