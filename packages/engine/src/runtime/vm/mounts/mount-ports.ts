import type { HostFiles, HostMount, HostSocket } from '../../host-mounts.ts'

/** One directory, file or socket of the host behind a port of the machine. */
export interface PortMount {
  /** Its number on the port. That of a directory or file is its name in the root of the FUSE session; the guest agent binds it onto `target`. */
  readonly entry: number
  readonly source: string
  /** Only this of it. */
  readonly subpath?: string
  readonly target: string
  readonly readOnly: boolean
}

export type FilePort = {
  readonly name: HostFiles['profile']
  readonly mounts: readonly PortMount[]
}

export type SocketPort = {
  readonly name: 'sockets'
  readonly mounts: readonly (PortMount & Pick<HostSocket, 'uid' | 'gid' | 'mode'>)[]
}

/** A port that a VM uses, with a server of its own on the host: a FUSE session, or what carries connections to sockets. */
export type MountPort = FilePort | SocketPort

export const portNames = ['plain', 'locking', 'sockets'] as const

/** Sorts a container's host mounts to the ports that carry them; a port without mounts is left out. Order is kept. */
export const mountPorts = (hostMounts: readonly HostMount[]): readonly MountPort[] => {
  const files = (['plain', 'locking'] as const).map(
    (name): FilePort => ({
      name,
      mounts: hostMounts
        .filter((mount) => mount.kind !== 'socket')
        .filter(({ profile }) => profile === name)
        .map(({ source, subpath, target, readOnly }, entry) => ({
          ...{ entry, source, target, readOnly },
          ...(subpath !== undefined && { subpath }),
        })),
    }),
  )
  const sockets: SocketPort = {
    name: 'sockets',
    mounts: hostMounts
      .filter((mount) => mount.kind === 'socket')
      .map(({ kind: _, ...mount }, entry) => ({ entry, ...mount })),
  }
  return [...files, sockets].filter(({ mounts }) => mounts.length > 0)
}
