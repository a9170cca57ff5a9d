import { posix } from 'node:path'
import { badParameter } from '../api/errors.ts'
import { ensureSource } from './bind-sources.ts'
import type { ContainerContext } from './context.ts'
import { fillVolume } from './fill-volume.ts'
import type { ContainerDocument, MountPoint } from './model.ts'
import { type WantedMount, wantedMounts } from './mount-requests.ts'

/**
 * Decides all mounts of a container: what it asks for, those of the containers in `VolumesFrom`, an anonymous volume for each
 * other `VOLUME` of the image. Volumes are made, and filled from the image while they are empty.
 *
 * @throws ApiError in dockerd's words; volumes that were made stay, as in Docker.
 */
export const resolveMounts = async (
  context: Pick<ContainerContext, 'containers' | 'volumes' | 'images' | 'engineSocket'>,
  document: ContainerDocument,
): Promise<MountPoint[]> => {
  const wanted = wantedMounts(document.hostConfig)
  const taken = new Set(wanted.map(({ destination }) => destination))
  const inherited = document.hostConfig.VolumesFrom.flatMap((entry) => volumesFrom(context, entry)).filter(
    ({ destination }) => !taken.has(destination),
  )
  for (const { destination } of inherited) taken.add(destination)
  const anonymous = Object.keys(document.config.Volumes ?? {})
    .map((destination) => posix.resolve('/', destination))
    .filter((destination) => !taken.has(destination))
    .map((destination): WantedMount => ({ ...anonymousVolume, destination }))
  const resolved: MountPoint[] = []
  for (const mount of [...wanted, ...anonymous]) resolved.push(await resolve(context, mount, document))
  return [...resolved, ...inherited]
}

const anonymousVolume = {
  type: 'volume',
  name: undefined,
  readOnly: false,
  mode: '',
  copy: true,
  driver: '',
  options: {},
  labels: {},
  fromMounts: false,
} as const

const volumesFrom = ({ containers }: Pick<ContainerContext, 'containers'>, entry: string): MountPoint[] => {
  const [reference = '', mode = ''] = entry.split(':', 2)
  if (!['', 'ro', 'rw'].includes(mode)) throw badParameter(`invalid mode for volumes-from: ${mode}`)
  return containers
    .get(reference)
    .document.mounts.filter(({ type }) => type !== 'tmpfs')
    .map((mount) => (mode === 'ro' ? { ...mount, readOnly: true } : mount))
}

const resolve = async (
  context: Pick<ContainerContext, 'volumes' | 'images' | 'engineSocket'>,
  mount: WantedMount,
  { imageId }: ContainerDocument,
): Promise<MountPoint> => {
  switch (mount.type) {
    case 'tmpfs':
      return mount
    case 'bind':
      ensureSource(context, mount)
      return mount
    case 'volume': {
      const { name, driver, options, labels, copy, ...rest } = mount
      const known = name === undefined ? undefined : context.volumes.get(name)
      const volume =
        known ??
        (await context.volumes.create({
          ...(name !== undefined && { name }),
          ...(driver !== '' && { driver }),
          options,
          labels,
        }))
      const isFilled = copy && mount.subpath === undefined
      await fillVolume(context.images, volume, isFilled ? { imageId, path: mount.destination } : undefined)
      return {
        ...{ ...rest, name: volume.name, source: volume.mountpoint, anonymous: name === undefined },
        ...(volume.isDisk && { isDisk: true }),
      }
    }
  }
}
