import { close } from 'node:fs'

/** Closes raw descriptors. A descriptor is gone whatever close(2) says, so it can't fail. */
export const closeAll = async (fds: Iterable<number>): Promise<void> => {
  await Promise.all([...fds].map((fd) => new Promise<void>((resolve) => close(fd, () => resolve()))))
}
