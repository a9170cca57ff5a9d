import { access, type FileHandle, open, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { diskBytes } from '../qemu/command-line.ts'
import { firstWrites } from './first-writes.ts'
import { newQcow2 } from './qcow2.ts'

/** The container's disk in its folder: made on the first start, kept over restarts. */
export const overlayPath = (dir: string): string => join(dir, 'disk.qcow2')

export const hasOverlay = async (dir: string): Promise<boolean> => {
  try {
    await access(overlayPath(dir))
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

/** Opens the container's disk over its base for a machine, made when there is none. */
export const openOverlay = async (dir: string, base: FileHandle): Promise<FileHandle> => {
  if (!(await hasOverlay(dir))) {
    const partial = `${overlayPath(dir)}.partial`
    await writeFile(partial, newQcow2(diskBytes, await firstWrites(base)), { mode: 0o600 })
    await rename(partial, overlayPath(dir))
  }
  return open(overlayPath(dir), 'r+')
}
