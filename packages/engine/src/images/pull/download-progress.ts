import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Descriptor } from '../oci-manifest.ts'

export interface LayerProgress {
  readonly layer: Descriptor
  readonly current: number
  readonly complete: boolean
}

/**
 * How far skopeo is, read from the files that it writes: it prints nothing but names where there is no terminal. A finished layer is
 * in the blob store under its digest. An unfinished one has a nameless file; the files are taken for the unfinished layers in their
 * order, so while several are under way a figure may be that of a neighbour. It is for a progress bar and nothing else.
 */
export const downloadProgress = async (
  layers: readonly Descriptor[],
  { blobOf, temporary }: { readonly blobOf: (digest: string) => string; readonly temporary: string },
): Promise<LayerProgress[]> => {
  const complete = await Promise.all(
    layers.map(async ({ digest }) => (await sizeOf(blobOf(digest))) !== undefined),
  )
  const partial: number[] = []
  for (const name of (await readdir(temporary)).sort()) {
    if (name.startsWith('oci-put-blob')) partial.push((await sizeOf(join(temporary, name))) ?? 0)
  }
  return layers.map((layer, i) => {
    if (complete[i] === true) return { layer, current: layer.size, complete: true }
    const fits = partial.findIndex((bytes) => bytes <= layer.size)
    const [current = 0] = fits === -1 ? [] : partial.splice(fits, 1)
    return { layer, current, complete: false }
  })
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  )
