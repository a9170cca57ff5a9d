import { createHash } from 'node:crypto'
import { access, chmod, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { badParameter } from '../../api/errors.ts'
import type { Cache } from '../cache/cache.ts'
import type { Layer } from './layer-store.ts'
import { runMerged } from './merge.ts'
import { toolOptions } from './unpack.ts'

/** Part of the name of every base: a change of the recipe makes new ones. */
const recipe = 'ext4-1'
const smallest = 8 * 1024 ** 3
/** The disk of every virtual machine has this size. */
const largest = 64 * 1024 ** 3

/** One for all bases: what a container sees of its disk says nothing about the machine that made it. */
const uuid = '6d0c2b1e-54a6-4a0e-8f43-1f0d4c0de001'

/** Names the base by what it is made of. */
export const baseKey = (diffIds: readonly string[]): string =>
  createHash('sha256')
    .update([recipe, ...diffIds].join('\n'))
    .digest('hex')

/** The path of the base when it has been made. */
export const findBase = async (cache: Cache, key: string): Promise<string | undefined> =>
  (await exists(cache.base(key))) ? cache.base(key) : undefined

/**
 * The read-only ext4 file system of these layers: a sparse file of 8 GiB (more for images that need it), made by the first that asks.
 * Owners, modes, times, hard links and extended attributes are those of the image. To be called within `cache.shared`.
 */
export const ensureBase = async (
  cache: Cache,
  key: string,
  topFirst: () => Promise<readonly Layer[]>,
): Promise<string> => {
  const path = cache.base(key)
  if (await exists(path)) return path
  await cache.making(`base-${key}`, async () => {
    if (await exists(path)) return
    const layers = await topFirst()
    await cache.temporary(async (temporary) => {
      const file = join(temporary, 'base.ext4')
      const content = layers.reduce((sum, { size }) => sum + size, 0)
      const bytes = Math.max(smallest, 2 ** Math.ceil(Math.log2(2 * content + 1)))
      if (bytes > largest)
        throw badParameter(`an image of ${content} bytes does not fit on the disk of a machine`)
      await runMerged(layers, temporary, mke2fs(file, bytes), fixedTime)
      // No image has this directory, and nobody repairs a base.
      await execa('debugfs', ['-w', '-R', 'rmdir lost+found', file], {
        ...toolOptions,
        env: { ...toolOptions.env, ...fixedTime },
      })
      await chmod(file, 0o444)
      await rename(file, path)
    })
  })
  return path
}

/** libext2fs takes it for the time of day (until 1.47.0 instead of SOURCE_DATE_EPOCH). */
const fixedTime = { E2FSPROGS_FAKE_TIME: '1', SOURCE_DATE_EPOCH: '1' }

const mke2fs = (file: string, bytes: number): string[] => [
  'mke2fs',
  '-q',
  '-t',
  'ext4',
  '-d',
  'merged',
  '-m',
  '0',
  '-U',
  uuid,
  '-E',
  `lazy_itable_init=1,lazy_journal_init=1,root_owner=0:0,hash_seed=${uuid}`,
  file,
  `${bytes / 1024}k`,
]

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
