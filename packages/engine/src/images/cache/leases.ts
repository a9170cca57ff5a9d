import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cache } from './cache.ts'

/**
 * Says that an engine needs these parts of the cache for one of its images. Written before they are fetched; void when the
 * engine's document of the image is gone, so that a deleted root keeps nothing.
 */
export interface Lease {
  /** Absolute path of the engine's document. */
  readonly document: string
  readonly blobs: readonly string[]
  readonly layers: readonly string[]
  readonly base: string
}

/** To be called within `cache.shared`, which must last until the document is written. */
export const writeLease = async (cache: Cache, imageId: string, lease: Lease): Promise<void> => {
  const dir = cache.leases(imageId)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, nameOf(lease.document))
  await writeFile(`${path}.new`, JSON.stringify(lease), { mode: 0o600 })
  await rename(`${path}.new`, path)
}

/** Removes what no valid lease names, and what was left half made. Nobody else may use the cache meanwhile: within `cache.aloneIfFree`. */
export const collectGarbage = async (cache: Cache): Promise<{ readonly freedBytes: number }> => {
  const leases = await validLeases(cache)
  const kept = {
    'blobs/sha256': new Set(leases.flatMap(({ blobs }) => blobs.map((digest) => cache.blob(digest)))),
    layers: new Set(leases.flatMap(({ layers }) => layers.map((diffId) => cache.layer(diffId)))),
    bases: new Set(leases.map(({ base }) => cache.base(base))),
    locks: new Set<string>(),
    tmp: new Set<string>(),
  }
  let freedBytes = 0
  for (const [folder, keep] of Object.entries(kept))
    for (const name of await readdir(join(cache.dir, folder))) {
      const path = join(cache.dir, folder, name)
      if (keep.has(path)) continue
      freedBytes += await bytesOf(path, folder)
      await rm(path, { recursive: true, force: true })
    }
  return { freedBytes }
}

const validLeases = async (cache: Cache): Promise<Lease[]> => {
  const valid: Lease[] = []
  const root = join(cache.dir, 'leases')
  for (const image of await readdir(root)) {
    for (const name of await readdir(join(root, image))) {
      const path = join(root, image, name)
      const lease = name.endsWith('.new') ? undefined : (JSON.parse(await readFile(path, 'utf8')) as Lease)
      if (lease !== undefined && (await exists(lease.document))) valid.push(lease)
      else await rm(path, { force: true })
    }
    if ((await readdir(join(root, image))).length === 0) await rm(join(root, image), { recursive: true })
  }
  return valid
}

/** The unpacked size of a layer as its description has it, which is what an image shows; other files as they are. */
const bytesOf = async (path: string, folder: string): Promise<number> => {
  if (folder !== 'layers') return 0
  try {
    return (JSON.parse(await readFile(join(path, 'layer.json'), 'utf8')) as { size: number }).size
  } catch {
    return 0
  }
}

const nameOf = (document: string): string => createHash('sha256').update(document).digest('hex')

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
