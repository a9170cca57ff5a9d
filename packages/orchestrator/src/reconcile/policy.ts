export type Recreate = 'diverged' | 'force' | 'never'

/** What the command line asks of a reconciliation beside the project itself. */
export interface Policy {
  /** For the services named on the command line, or all when none is. */
  readonly recreate: Recreate
  /** For the others. */
  readonly recreateDependencies: Recreate
  /** Services named on the command line; empty: all. */
  readonly named: ReadonlySet<string>
  /** Give a new container the volumes without name of the one that it replaces. */
  readonly inheritVolumes: boolean
  readonly removeOrphans: boolean
  /** Orphans are not worth a warning. */
  readonly ignoreOrphans: boolean
  /** Seconds; undefined: each container's own. */
  readonly stopTimeoutSeconds?: number | undefined
  /** Whether containers are started, or only created. */
  readonly start: boolean
  /** Whether to wait at the end until all is running and healthy. */
  readonly wait: boolean
  /** Whether conditions of dependencies count (`--no-deps` says no). */
  readonly dependencies: boolean
  /** Volumes whose loss has been refused: they stay as they are although the configuration differs. */
  readonly keepVolumes: ReadonlySet<string>
}

export const defaultPolicy: Policy = {
  recreate: 'diverged',
  recreateDependencies: 'diverged',
  named: new Set(),
  inheritVolumes: true,
  removeOrphans: false,
  ignoreOrphans: false,
  start: true,
  wait: false,
  dependencies: true,
  keepVolumes: new Set(),
}
