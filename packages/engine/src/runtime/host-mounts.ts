/** Something of the host inside the container. */
export type HostMount = HostFiles | HostSocket

interface MountPlace {
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** A directory or file. */
export interface HostFiles extends MountPlace {
  /** Only this of it: relative, and links on the way lead nowhere outside of it. */
  readonly subpath?: string
  readonly kind: 'bind' | 'volume'
  /** Which FUSE session carries it: `locking` where several containers write to one source. */
  readonly profile: 'plain' | 'locking'
}

/** A volume that is a file system in a file of the host, which no other machine may use meanwhile. */
export interface DiskMount {
  /** The volume's name, for messages. */
  readonly volume: string
  /** Absolute; it exists. */
  readonly file: string
  /** As of files. */
  readonly subpath?: string
  readonly target: string
  readonly readOnly: boolean
}

/** A unix socket on which a program of the host listens, perhaps only later. */
export interface HostSocket extends MountPlace {
  readonly kind: 'socket'
  /** Whose it is in the container, and its permissions. */
  readonly uid: number
  readonly gid: number
  readonly mode: number
}
