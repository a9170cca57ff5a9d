import { listItem, numberItem, stringItem } from './items.ts'
import type { GuestMount } from './setup.ts'
import { tag } from './wire.ts'

/** Parents before children, else as given: what dockerd does with its mounts. */
export const outerFirst = (mounts: readonly GuestMount[]): GuestMount[] => {
  const depth = ({ target }: GuestMount): number => target.split('/').filter((part) => part !== '').length
  return mounts.toSorted((a, b) => depth(a) - depth(b))
}

export const encodeMount = (mount: GuestMount): Buffer => {
  if (mount.kind !== 'filesystem')
    return listItem(tag.mount, [
      stringItem(tag.mountTarget, mount.target),
      ...encodeOrigin(mount),
      numberItem(tag.mountFlags, mount.readOnly ? readOnly : 0),
    ])
  const { flags, data } = parseMountOptions(mount.options)
  return listItem(tag.mount, [
    stringItem(tag.mountTarget, mount.target),
    stringItem(tag.mountType, mount.type),
    stringItem(tag.mountSource, mount.source),
    numberItem(tag.mountFlags, flags),
    stringItem(tag.mountData, data),
  ])
}

/** Where what is mounted comes from: a port or kind of device, and a number there. */
const encodeOrigin = (mount: Exclude<GuestMount, { readonly kind: 'filesystem' }>): Buffer[] => {
  switch (mount.kind) {
    case 'shared':
      return [stringItem(tag.mountPort, mount.port), stringItem(tag.mountSource, mount.entry)]
    case 'disk':
      return [
        ...[stringItem(tag.mountPort, 'disk'), stringItem(tag.mountSource, String(mount.disk))],
        stringItem(tag.mountData, mount.subpath),
      ]
    case 'socket':
      return [
        ...[stringItem(tag.mountPort, 'sockets'), stringItem(tag.mountSource, mount.entry)],
        ...[numberItem(tag.uid, mount.uid), numberItem(tag.gid, mount.gid), numberItem(tag.mode, mount.mode)],
      ]
  }
}

/** Options of mount(8) as flags of mount(2) and what is left for the file system. */
export const parseMountOptions = (
  options: readonly string[],
): { readonly flags: number; readonly data: string } => {
  let flags = 0
  const data: string[] = []
  for (const option of options) {
    const sets = set.get(option)
    const clears = cleared.get(option)
    if (sets !== undefined) flags |= sets
    else if (clears !== undefined) flags &= ~clears
    else if (!ignored.has(option)) data.push(option)
  }
  return { flags, data: data.join(',') }
}

const readOnly = 1

/** include/uapi/linux/mount.h */
const set = new Map([
  ['ro', readOnly],
  ['nosuid', 2],
  ['nodev', 4],
  ['noexec', 8],
  ['sync', 16],
  ['mand', 64],
  ['dirsync', 128],
  ['noatime', 1024],
  ['nodiratime', 2048],
  ['relatime', 1 << 21],
  ['strictatime', 1 << 24],
  ['lazytime', 1 << 25],
])

const cleared = new Map([
  ['rw', readOnly],
  ['suid', 2],
  ['dev', 4],
  ['exec', 8],
  ['async', 16],
  ['atime', 1024],
  ['diratime', 2048],
])

/** Propagation and `defaults` mean nothing in a mount namespace that nobody shares. */
const ignored = new Set(
  'defaults private rprivate slave rslave shared rshared unbindable runbindable tmpcopyup'.split(' '),
)
