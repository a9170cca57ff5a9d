import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { isSystemError } from '@container-compose/core'
import { ApiError } from '../../api/errors.ts'
import { type Cache, hexOf } from '../cache/cache.ts'
import { TarFormatError } from '../tar/header.ts'
import { defaultLimits, LayerError, type LayerLimits } from './layer-plan.ts'
import { type UnpackedLayer, unpackLayer } from './unpack.ts'

/** A layer on disk: `tree` holds its files, what it takes away is listed. */
export interface Layer extends UnpackedLayer {
  readonly diffId: string
  readonly tree: string
}

/** The layer, when it has been unpacked. */
export const readLayer = async (cache: Cache, diffId: string): Promise<Layer | undefined> => {
  const dir = cache.layer(diffId)
  try {
    const contents = JSON.parse(await readFile(join(dir, 'layer.json'), 'utf8')) as UnpackedLayer
    return { ...contents, diffId, tree: join(dir, 'tree') }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Unpacks the layer unless an engine has done so before; the first of several at once does it. To be called within `cache.shared`. */
export const ensureLayer = async (
  cache: Cache,
  {
    diffId,
    open,
    limits = defaultLimits,
  }: { readonly diffId: string; readonly open: () => Readable; readonly limits?: LayerLimits },
): Promise<Layer> => {
  const there = await readLayer(cache, diffId)
  if (there !== undefined) return there
  return cache.making(`layer-${hexOf(diffId)}`, async () => {
    const made = await readLayer(cache, diffId)
    if (made !== undefined) return made
    return cache.temporary(async (temporary) => {
      const dir = join(temporary, 'layer')
      await mkdir(dir, { mode: 0o700 })
      const source = open()
      try {
        const contents = await unpackLayer(source, { tree: join(dir, 'tree'), diffId, limits })
        await writeFile(join(dir, 'layer.json'), JSON.stringify(contents))
        await rename(dir, cache.layer(diffId))
        return { ...contents, diffId, tree: join(cache.layer(diffId), 'tree') }
      } catch (error) {
        if (!(error instanceof LayerError || error instanceof TarFormatError)) throw error
        throw new ApiError(400, `layer ${diffId.slice(0, 19)}: ${error.message}`, { cause: error })
      } finally {
        source.destroy()
      }
    })
  })
}
