import { rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DocumentFormat,
  documentsIn,
  makeFolder,
  type OnSetAside,
  readDocument,
  writeDocument,
} from '../store/document.ts'
import { hexOf, isDigest } from './cache/cache.ts'
import type { ImageConfig } from './images.ts'

/** An image as its engine knows it: `data/images/<hex of id>.json`. The content lies in the cache. */
export interface ImageDocument {
  readonly id: string
  readonly config: ImageConfig
  readonly layers: readonly ImageLayer[]
  /** Digest of the manifest in the blob store, when the image came with one. */
  readonly manifest?: string
  /** Canonical, with tag: `docker.io/library/redis:latest`. */
  readonly tags: readonly string[]
  /** Canonical, with digest: `docker.io/library/redis@sha256:…`. */
  readonly digests: readonly string[]
  /** Milliseconds since the epoch. */
  readonly lastTagTime: number
  /** Removed by force while containers were made from it: kept for their disks, shown to nobody. */
  readonly removed?: true
}

export interface ImageLayer {
  readonly diffId: string
  /** Unpacked, in bytes. */
  readonly size: number
  /** The layer as it came. */
  readonly blob: { readonly digest: string; readonly mediaType: string; readonly size: number }
}

export interface ImageIndex {
  /** Oldest tag first; removed ones included. */
  all(): readonly ImageDocument[]
  get(id: string): ImageDocument | undefined
  pathOf(id: string): string
  put(document: ImageDocument): void
  delete(id: string): void
}

/** The images of one engine, held in memory; it is the only one that writes the folder. */
export const openImageIndex = (dir: string, onSetAside: OnSetAside): ImageIndex => {
  makeFolder(dir)
  const documents = new Map<string, ImageDocument>()
  const pathOf = (id: string): string => join(dir, `${hexOf(id)}.json`)
  for (const path of documentsIn(dir)) {
    const document = readDocument(path, format, onSetAside)
    if (document !== undefined) documents.set(document.id, document)
  }
  const sorted = () => [...documents.values()].sort((a, b) => a.lastTagTime - b.lastTagTime)
  return {
    // A crash while a tag moves can leave it at two images: the later one has it.
    all: () => {
      const owners = new Map(sorted().flatMap(({ id, tags }) => tags.map((tag) => [tag, id] as const)))
      return sorted().map((document) => ({
        ...document,
        tags: document.tags.filter((tag) => owners.get(tag) === document.id),
      }))
    },
    get: (id) => documents.get(id),
    pathOf,
    put: (document) => {
      writeDocument(pathOf(document.id), format, document, { durable: true })
      documents.set(document.id, document)
    },
    delete: (id) => {
      rmSync(pathOf(id), { force: true })
      documents.delete(id)
    },
  }
}

const format: DocumentFormat<ImageDocument> = {
  version: 1,
  decode: (value) => {
    const { id, config, layers, tags, digests, lastTagTime } = value
    if (!isDigest(id)) throw new Error('has no id')
    if (typeof config !== 'object' || config === null) throw new Error('has no configuration')
    if (!Array.isArray(layers) || !layers.every((layer) => isDigest(layer?.diffId)))
      throw new Error('has no layers')
    if (!isTexts(tags) || !isTexts(digests)) throw new Error('has no references')
    if (typeof lastTagTime !== 'number') throw new Error('has no time')
    return value as unknown as ImageDocument
  },
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
