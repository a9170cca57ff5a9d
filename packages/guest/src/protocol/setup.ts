/** All that the agent needs to become one container. Plain data; the vm runtime makes it from a bundle. */
export interface GuestSetup {
  readonly hostname: string
  readonly domainname?: string
  /** Nanoseconds since the epoch, now. */
  readonly clock: bigint
  /** At least 32 random bytes of the host, different for each start: clones share the state of their generator. */
  readonly entropy: Buffer
  /** `eth0`, `eth1` … in this order. Further ones are set down. */
  readonly nics: readonly GuestNic[]
  /** Where 127.0.0.11 sends its questions: the primary network's gateway, in dotted form. Absent: no relay. */
  readonly dnsUpstream?: string
  /** Whole contents, bound over the files of the image. */
  readonly etcFiles: { readonly hosts: string; readonly hostname: string; readonly resolvConf: string }
  readonly readOnlyRoot: boolean
  /** In any order: the agent mounts outer targets first. */
  readonly mounts: readonly GuestMount[]
  readonly sysctl: Readonly<Record<string, string>>
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  readonly limits: GuestLimits
  /** A reaper is PID 1 and the process its child. */
  readonly init: boolean
  /** Any device node may be opened (privileged), not only Docker's usual ones. Default: false. */
  readonly allDevices?: boolean
  /** Absent in a helper that only reads and writes files. */
  readonly process?: GuestProcess
}

export interface GuestNic {
  /** `02:42:0a:59:00:02` */
  readonly mac: string
  readonly mtu: number
  /** With prefix length: `10.89.0.2/24`, `fd00::2/64`. */
  readonly addresses: readonly string[]
  /** Default routes, only for the primary interface. */
  readonly gateways: readonly string[]
}

export type GuestMount =
  /** `proc`, `tmpfs`, `sysfs`, `mqueue`, `cgroup2`, `devpts` … with mount(8) options. */
  | {
      readonly kind: 'filesystem'
      readonly target: string
      readonly type: string
      readonly source: string
      readonly options: readonly string[]
    }
  /** The directory (or file) named by the number `entry` in the root of a mount port's FUSE session. */
  | {
      readonly kind: 'shared'
      readonly target: string
      readonly port: 'plain' | 'locking'
      readonly entry: string
      readonly readOnly: boolean
    }
  /** The file system on a disk besides the container's own, counted from 0. */
  | {
      readonly kind: 'disk'
      readonly target: string
      readonly disk: number
      /** Only this of it, empty for all. */
      readonly subpath: string
      readonly readOnly: boolean
    }
  /** A unix socket that leads to the one with the number `entry` of the socket server on the host. */
  | {
      readonly kind: 'socket'
      readonly target: string
      readonly entry: string
      readonly readOnly: boolean
      /** Whose it is in the container, and its permissions: they decide who may connect. */
      readonly uid: number
      readonly gid: number
      readonly mode: number
    }

/** Of the container's cgroup (v2); absent means none. */
export interface GuestLimits {
  readonly memoryMaxBytes?: number
  /** Swap beyond memory; there is none in the guest, so this only matters for completeness. */
  readonly memorySwapMaxBytes?: number
  readonly memoryLowBytes?: number
  readonly cpuQuotaUs?: number
  readonly cpuPeriodUs?: number
  /** Docker's `--cpu-shares`, 2–262144. */
  readonly cpuShares?: number
  readonly cpusetCpus?: string
  readonly pidsMax?: number
}

/** A process inside the container; field by field what `OciProcess` of the engine says. */
export interface GuestProcess {
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly cwd: string
  /** `user[:group]`, names or numbers, looked up in the container's own files. Empty is root. */
  readonly user: string
  readonly additionalGroups: readonly string[]
  /** `CAP_…` names. */
  readonly capabilities: readonly string[]
  readonly rlimits: readonly { readonly type: string; readonly soft: number; readonly hard: number }[]
  readonly noNewPrivileges: boolean
  readonly oomScoreAdj?: number
  readonly terminal: boolean
  readonly consoleSize?: { readonly rows: number; readonly columns: number }
  /** Without, stdin is /dev/null (or a terminal to which nobody writes). */
  readonly openStdin: boolean
}
