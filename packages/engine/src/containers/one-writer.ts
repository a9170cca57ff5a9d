import { conflict } from '../api/errors.ts'
import type { Container } from './container.ts'
import type { ContainerContext } from './context.ts'

/**
 * A volume that is a disk has one machine at a time: the file system on it knows of no other that writes, or reads what is written.
 *
 * @throws ApiError 409 that names the container which has it.
 */
export const refuseSecondMachine = (
  { containers }: Pick<ContainerContext, 'containers'>,
  container: Container,
  wish: 'start' | 'open the files of' = 'start',
): void => {
  const disks = disksOf(container)
  for (const other of disks.length === 0 ? [] : containers.all()) {
    if (other.id === container.id || !(other.isUp || other.state.status === 'starting')) continue
    const shared = disksOf(other).find((name) => disks.includes(name))
    if (shared !== undefined)
      throw conflict(
        `cannot ${wish} container "${container.name}": volume "${shared}" is of type ext4, which one container at a time can use, also to read, and container "${other.name}" is using it: stop that one first, or make the volume without "type: ext4"`,
      )
  }
}

const disksOf = ({ document }: Container): string[] =>
  document.mounts.flatMap((mount) => (mount.type === 'volume' && mount.isDisk ? [mount.name] : []))
