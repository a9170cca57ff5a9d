import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDisk } from '../../../volumes/ext4-disk.ts'

/** The disk of a volume of 64 MiB that no guest has seen: `<folder>/<name>/disk.ext4`. */
export const makeTestDisk = async (folder: string, name: string): Promise<string> => {
  const mountpoint = join(folder, name, 'disk.ext4')
  mkdirSync(join(folder, name))
  await ensureDisk(
    {
      ...{ name, driver: 'local', labels: {}, options: { type: 'ext4', size: '64m' } },
      ...{ createdAt: '', anonymous: false, mountpoint },
    },
    async () => {},
  )
  return mountpoint
}
