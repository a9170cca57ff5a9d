import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ensureDisk } from '../volumes/ext4-disk.ts'
import type { Volume } from '../volumes/volumes.ts'
import type { ContainerContext } from './context.ts'

/** A directory of an image. */
export interface ImagePath {
  readonly imageId: string
  readonly path: string
}

const filling = new Map<string, Promise<void>>()

/**
 * Readies a volume for a container: copies what the image has at a path into it while it is empty, and makes it where it is a disk.
 * Two containers that are made at once fill it once, and a copy that a crash cut short is made again.
 *
 * @param image undefined: nothing is copied.
 */
export const fillVolume = async (
  images: ContainerContext['images'],
  volume: Volume,
  image: ImagePath | undefined,
): Promise<void> => {
  if (volume.isDisk !== true && image === undefined) return
  const { mountpoint } = volume
  const copy = async (destination: string): Promise<void> => {
    if (image !== undefined) await images.copyOut(image.imageId, image.path, destination)
  }
  const mine = (filling.get(mountpoint) ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => (volume.isDisk ? ensureDisk(volume, copy) : fillDirectory(mountpoint, copy)))
  filling.set(mountpoint, mine)
  try {
    await mine
  } finally {
    if (filling.get(mountpoint) === mine) filling.delete(mountpoint)
  }
}

const fillDirectory = async (
  directory: string,
  copy: (destination: string) => Promise<void>,
): Promise<void> => {
  const mark = join(dirname(directory), 'filling')
  if (statSync(mark, { throwIfNoEntry: false }) !== undefined)
    for (const entry of readdirSync(directory)) rmSync(join(directory, entry), { recursive: true })
  else if (readdirSync(directory).length > 0) return
  writeFileSync(mark, '')
  await copy(directory)
  rmSync(mark)
}
