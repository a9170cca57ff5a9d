import type { Qmp, QmpEvent } from '../qemu/qmp.ts'

/**
 * The host could not read or write what is behind a disk of a machine: it is full, or broken. The guest got an error for it and runs
 * on; without a word of ours its user would look for the fault in there.
 */
export class DiskError extends Error {
  override readonly name = 'DiskError'
}

/** Tells of the first such error of a machine: a guest may try again for ever. */
export const tellOfDiskErrors = (qmp: Qmp, container: string, tell: (error: Error) => void): void => {
  const onEvent = ({ event, data }: QmpEvent): void => {
    if (event !== 'BLOCK_IO_ERROR') return
    qmp.off('event', onEvent)
    tell(
      new DiskError(
        `the host could not ${data['operation']} a disk of container ${container}: ${data['reason']}; the container got an error for it and runs on`,
      ),
    )
  }
  qmp.on('event', onEvent)
}
