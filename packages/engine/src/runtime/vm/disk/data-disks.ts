import { access } from 'node:fs/promises'
import { flock } from '@container-compose/native'
import type { DiskMount } from '../../host-mounts.ts'
import { StartError } from '../../runtime.ts'
import type { Held } from '../machine/held.ts'
import { dataDisks } from '../qemu/command-line.ts'

/** How long a machine that is about to end may still have a disk: one that was killed, or was only for `docker cp`. */
const patienceMs = 5_000

/** The files behind a machine's disks besides the container's own, in the order of the disks. */
export const dataDiskFiles = (mounts: readonly DiskMount[]): string[] => [
  ...new Set(mounts.map(({ file }) => file)),
]

/**
 * Opens the files behind a machine's disks, each with a lock that lasts for as long as the machine has it open: whatever becomes of
 * engine and containers, two machines never write one file system.
 *
 * @throws StartError when another machine has one of them, or there are more than a machine has disks.
 */
export const openDataDisks = async (
  mounts: readonly DiskMount[],
  held: Held,
  waitMs = patienceMs,
): Promise<number[]> => {
  const files = dataDiskFiles(mounts)
  if (files.length > dataDisks)
    throw new StartError(
      `a container can use ${dataDisks} volumes of type ext4 at most, and this one has ${files.length}`,
      128,
    )
  const opened: number[] = []
  for (const file of files) {
    const volume = mounts.find((mount) => mount.file === file)?.volume
    await access(file).catch((cause: unknown) => {
      throw new StartError(
        `the disk of volume ${volume} cannot be opened: ${(cause as Error).message}`,
        128,
        {
          cause,
        },
      )
    })
    const disk = await flock(file, { signal: AbortSignal.timeout(waitMs) }).catch((cause: unknown) => {
      throw new StartError(`another virtual machine has the disk of volume ${volume}`, 128, { cause })
    })
    opened.push(held.fd(disk))
  }
  return opened
}
