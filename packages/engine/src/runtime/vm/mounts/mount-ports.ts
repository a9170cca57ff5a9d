import type { HostMount } from '../../runtime.ts'

export type MountProfile = HostMount['profile']

/** One directory or file of the host behind a mount port. */
export interface PortMount {
  /** Its name in the root of the port's FUSE session; the guest agent binds it onto `target`. */
  readonly entry: number
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

/** A mount port that a VM uses: one FUSE session, one mount server. */
export interface MountPort {
  readonly profile: MountProfile
  readonly mounts: readonly PortMount[]
}

/** Sorts a container's host mounts to the ports that carry them; a port without mounts is left out. Order is kept. */
export const mountPorts = (hostMounts: readonly HostMount[]): readonly MountPort[] =>
  (['plain', 'locking'] as const).flatMap((profile) => {
    const mounts = hostMounts
      .filter((mount) => mount.profile === profile)
      .map(({ source, target, readOnly }, entry) => ({ entry, source, target, readOnly }))
    return mounts.length === 0 ? [] : [{ profile, mounts }]
  })
