import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withFreeLock, withLock } from './lock.ts'

/**
 * What images share between all engines of a machine, each thing named by its content:
 * `blobs/sha256/` (manifests, configurations, layers as they came), `layers/` (unpacked), `bases/` (ext4).
 *
 * Everything is made in `tmp/` and renamed into place. Whoever makes or uses something new holds `lock` shared meanwhile;
 * only `collectGarbage` holds it exclusively, and removes what no lease names.
 */
export interface Cache {
  readonly dir: string
  blob(digest: string): string
  layer(diffId: string): string
  base(key: string): string
  leases(imageId: string): string
  /** For as long as `action` runs nothing is collected. */
  shared<Result>(action: () => Promise<Result>): Promise<Result>
  /** Nobody else uses the cache meanwhile. Undefined, without having run, when somebody does. */
  aloneIfFree<Result>(action: () => Promise<Result>): Promise<Result | undefined>
  /** Serialises the making of one thing between engines. To be called within `shared`. */
  making<Result>(what: string, action: () => Promise<Result>): Promise<Result>
  /** A new directory for the time of `action`. To be called within `shared`. */
  temporary<Result>(action: (dir: string) => Promise<Result>): Promise<Result>
}

export const cacheFolders = ['blobs/sha256', 'layers', 'bases', 'leases', 'locks', 'tmp'] as const

export const openCache = async (root: string): Promise<Cache> => {
  const dir = join(root, 'images')
  // Unpacked images hold setuid programs: nobody but root may reach them.
  await mkdir(dir, { recursive: true, mode: 0o700 })
  for (const folder of cacheFolders) await mkdir(join(dir, folder), { recursive: true, mode: 0o700 })
  const lock = join(dir, 'lock')
  await sweepTemporary(dir, lock)
  return {
    dir,
    blob: (digest) => join(dir, 'blobs/sha256', hexOf(digest)),
    layer: (diffId) => join(dir, 'layers', hexOf(diffId)),
    base: (key) => join(dir, 'bases', `${key}.ext4`),
    leases: (imageId) => join(dir, 'leases', hexOf(imageId)),
    shared: (action) => withLock(lock, 'shared', action),
    aloneIfFree: (action) => withFreeLock(lock, action),
    making: (what, action) => withLock(join(dir, 'locks', what), 'exclusive', action),
    temporary: async (action) => {
      const temporary = join(dir, 'tmp', randomBytes(8).toString('hex'))
      await mkdir(temporary, { mode: 0o700 })
      try {
        return await action(temporary)
      } finally {
        await rm(temporary, { recursive: true, force: true })
      }
    },
  }
}

/** Removes what an engine that was killed left half made, unless somebody is making something right now. */
const sweepTemporary = async (dir: string, lock: string): Promise<void> => {
  const temporary = join(dir, 'tmp')
  if ((await readdir(temporary)).length === 0) return
  await withFreeLock(lock, async () => {
    for (const name of await readdir(temporary))
      await rm(join(temporary, name), { recursive: true, force: true })
  })
}

/** The hex digits of a `sha256:` digest; what comes from an image is checked before it becomes part of a path. */
export const hexOf = (digest: string): string => {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
  if (hex === undefined) throw new TypeError(`not a sha256 digest: ${digest}`)
  return hex
}

export const isDigest = (text: unknown): text is string =>
  typeof text === 'string' && /^sha256:[0-9a-f]{64}$/.test(text)
