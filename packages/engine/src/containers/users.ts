import type { ContainerRegistry } from './registry.ts'

/** Ids of the containers that refer to a volume. */
export const volumeUsers = (containers: ContainerRegistry, name: string): string[] =>
  containers
    .all()
    .filter(({ document }) => document.mounts.some((mount) => mount.type === 'volume' && mount.name === name))
    .map(({ id }) => id)

/** The containers that were created from an image. */
export const imageUsers = (containers: ContainerRegistry, imageId: string) =>
  containers
    .all()
    .filter(({ document }) => document.imageId === imageId)
    .map(({ id, isUp }) => ({ id, running: isUp }))
