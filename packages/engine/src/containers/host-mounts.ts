import { realpathSync, type Stats, statSync } from 'node:fs'
import type { HostMount } from '../runtime/host-mounts.ts'
import type { ContainerContext } from './context.ts'
import { isEngineSocket } from './engine-socket.ts'
import type { ContainerDocument, MountPoint } from './model.ts'
import { byDepth } from './spec.ts'

type Bind = Exclude<MountPoint, { readonly type: 'tmpfs' }>

/**
 * What of the host a container sees, as the host is now: whether a source is a unix socket is found out at each start. A
 * source that is not there is left for the runtime to complain about.
 */
export const hostMounts = (
  context: Pick<ContainerContext, 'containers' | 'engineSocket'>,
  document: ContainerDocument,
): HostMount[] => {
  const others = context.containers
    .all()
    .filter(({ id }) => id !== document.id)
    .flatMap((other) => other.document.mounts)
    .flatMap((mount) => (mount.type === 'tmpfs' ? [] : [mount.source]))
  return [...document.mounts].sort(byDepth).flatMap((mount) => {
    if (mount.type === 'tmpfs' || (mount.type === 'volume' && mount.isDisk)) return []
    return [socketMount(context, mount) ?? fileMount(mount, others)]
  })
}

const fileMount = (mount: Bind, others: readonly string[]): HostMount => {
  const shared = mount.type === 'volume' || others.some((other) => overlap(other, mount.source))
  return {
    source: mount.source,
    ...(mount.type === 'volume' && mount.subpath !== undefined && { subpath: mount.subpath }),
    target: mount.destination,
    readOnly: mount.readOnly,
    kind: mount.type,
    profile: shared && !mount.readOnly ? 'locking' : 'plain',
  }
}

const socketMount = (context: Pick<ContainerContext, 'engineSocket'>, mount: Bind): HostMount | undefined => {
  if (mount.type !== 'bind') return undefined
  const { destination: target, readOnly } = mount
  if (isEngineSocket(mount.source, context))
    return {
      ...{ source: context.engineSocket, target, readOnly, kind: 'socket' },
      ...{ uid: 0, gid: 0, mode: 0o600 },
    }
  const found = socketAt(mount.source)
  if (found === undefined) return undefined
  const { uid, gid, mode } = found.stats
  return { ...{ source: found.path, target, readOnly, kind: 'socket' }, uid, gid, mode: mode & 0o777 }
}

/** Links are followed once, as Docker does; what lies there may be made again later. */
const socketAt = (source: string): { readonly path: string; readonly stats: Stats } | undefined => {
  try {
    const path = realpathSync(source)
    const stats = statSync(path)
    return stats.isSocket() ? { path, stats } : undefined
  } catch {
    return undefined
  }
}

const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
