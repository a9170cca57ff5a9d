import { readFileSync, realpathSync } from 'node:fs'
import type { MountPoint } from './model.ts'

/**
 * A warning for each bind-mounted folder in which programs of the host listen on unix sockets: the container sees the files, and
 * nobody listens there.
 */
export const socketWarnings = (mounts: readonly MountPoint[], listening = listeningSockets()): string[] =>
  mounts.flatMap((mount) => {
    if (mount.type !== 'bind') return []
    const folder = realPath(mount.source)
    const below = listening.filter((path) => path.startsWith(`${folder}/`))
    if (folder === undefined || below.length === 0) return []
    const names = below.slice(0, mostNamed).map((path) => path.slice(folder.length + 1))
    const more = below.length > mostNamed ? ` and ${below.length - mostNamed} more` : ''
    return [
      `Unix sockets below ${mount.source} cannot be connected to from a virtual machine (${names.join(', ')}${more}): mount each of them itself`,
    ]
  })

const mostNamed = 3

const realPath = (path: string): string | undefined => {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

/** Where programs of this network namespace listen, by proc_net(5): number, count, protocol, flags, type, state, inode, path. */
const listeningSockets = (): string[] =>
  readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, flags = '', path = ''] = /^\S+ \S+ \S+ (\S+) \S+ \S+ +\d+ (\/.*)$/.exec(line) ?? []
      return Number.parseInt(flags, 16) & acceptsConnections ? [path] : []
    })

/** SO_ACCEPTCON */
const acceptsConnections = 0x10000
