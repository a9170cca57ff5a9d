/**
 * The part of the OCI runtime specification (v1.2, config.md and config-linux.md) that describes a container's process.
 * One description for every runtime: the sandbox hands it to crun, the vm to the guest agent.
 */
export interface OciSpec {
  readonly process: OciProcess
  readonly root: { readonly readonly: boolean }
  readonly hostname: string
  readonly domainname?: string
  /** Pseudo and tmpfs mounts, in order. Host directories are not here: see `HostMount`. */
  readonly mounts: readonly OciMount[]
  readonly linux: {
    readonly sysctl: Readonly<Record<string, string>>
    readonly resources: OciResources
    readonly maskedPaths: readonly string[]
    readonly readonlyPaths: readonly string[]
  }
}

export interface OciProcess {
  readonly terminal: boolean
  readonly consoleSize?: { readonly height: number; readonly width: number }
  /**
   * `user[:group]` as Docker takes it: names or numbers, looked up in the container's own /etc/passwd and /etc/group
   * by whoever starts the process. Empty is root. (OCI wants numbers; they are known only inside the root file system.)
   */
  readonly user: string
  /** Extra groups, names or numbers (`group_add`). */
  readonly additionalGroups: readonly string[]
  readonly args: readonly string[]
  /** `KEY=value`; HOME is added by whoever starts the process when absent. */
  readonly env: readonly string[]
  /** Made when absent, as Docker does. */
  readonly cwd: string
  /** `CAP_…` names: bounding, permitted and effective (effective only for root, as Docker does). */
  readonly capabilities: readonly string[]
  readonly rlimits: readonly { readonly type: string; readonly soft: number; readonly hard: number }[]
  readonly noNewPrivileges: boolean
  readonly oomScoreAdj?: number
}

export interface OciMount {
  readonly destination: string
  readonly type: string
  readonly source: string
  readonly options: readonly string[]
}

/** Limits of the container's cgroup; absent means none. */
export interface OciResources {
  /** Bytes. */
  readonly memoryLimit?: number
  /** Bytes, memory + swap; -1 unlimited. */
  readonly memorySwap?: number
  readonly memoryReservation?: number
  /** Microseconds of CPU in each period. */
  readonly cpuQuota?: number
  readonly cpuPeriod?: number
  readonly cpuShares?: number
  readonly cpusetCpus?: string
  readonly pidsLimit?: number
}
