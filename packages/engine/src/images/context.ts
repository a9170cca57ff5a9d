import { type ApiError, notFound } from '../api/errors.ts'
import type { Cache } from './cache/cache.ts'
import type { ImageDocument, ImageIndex } from './image-index.ts'
import type { Image, ImageEvent } from './images.ts'
import { familiar, parseReference, withDefaultTag } from './reference.ts'

/** What the operations on images share. */
export interface ImageContext {
  readonly cache: Cache
  readonly index: ImageIndex
  readonly emit: (event: ImageEvent) => void
  /** Gives the image these references, which other images lose. */
  readonly refer: (image: Omit<ImageDocument, 'lastTagTime'>, references: References) => ImageDocument
}

export interface References {
  readonly tags: readonly string[]
  readonly digests: readonly string[]
}

/** An image as the rest of the engine sees it. */
export const imageOf = (document: ImageDocument): Image => ({
  id: document.id,
  repoTags: document.tags.map((tag) => familiar(parseReference(tag))),
  repoDigests: document.digests.map((digest) => familiar(parseReference(digest))),
  config: document.config,
  size: document.layers.reduce((sum, { size }) => sum + size, 0),
  layerSizes: document.layers.map(({ size }) => size),
  lastTagTime: document.lastTagTime,
})

/** Docker's answer for an image that is not here; a name is shown with its tag. */
export const noSuchImage = (reference: string): ApiError => notFound(`No such image: ${shownAs(reference)}`)

const shownAs = (reference: string): string => {
  try {
    return familiar(withDefaultTag(parseReference(reference)))
  } catch {
    return reference
  }
}
