import type { MachineSize } from '../runtime/runtime.ts'
import type { PublishedPort } from '../switch/switch.ts'

/** Docker's `Config` of a container, after the image's was merged in. What the API calls absent is absent or empty here. */
export interface ContainerConfig {
  readonly Hostname: string
  readonly Domainname: string
  readonly User: string
  readonly AttachStdin: boolean
  readonly AttachStdout: boolean
  readonly AttachStderr: boolean
  readonly ExposedPorts: Readonly<Record<string, object>>
  readonly Tty: boolean
  readonly OpenStdin: boolean
  readonly StdinOnce: boolean
  readonly Env: readonly string[]
  readonly Cmd: readonly string[] | null
  readonly Entrypoint: readonly string[] | null
  readonly Healthcheck?: Healthcheck
  /** The image as the request named it. */
  readonly Image: string
  readonly Volumes: Readonly<Record<string, object>> | null
  readonly WorkingDir: string
  readonly Labels: Readonly<Record<string, string>>
  readonly StopSignal?: string
  /** Seconds. */
  readonly StopTimeout?: number
}

/** Times in nanoseconds; 0 or absent means the default. */
export interface Healthcheck {
  readonly Test?: readonly string[]
  readonly Interval?: number
  readonly Timeout?: number
  readonly StartPeriod?: number
  readonly StartInterval?: number
  readonly Retries?: number
}

export interface RestartPolicy {
  readonly Name: '' | 'no' | 'always' | 'on-failure' | 'unless-stopped'
  readonly MaximumRetryCount: number
}

/** The members of Docker's `HostConfig` that the engine acts on; the others are kept as they came, for inspect. */
export interface HostConfig {
  readonly Binds: readonly string[] | null
  readonly NetworkMode: string
  readonly PortBindings: Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
  >
  readonly PublishAllPorts: boolean
  readonly RestartPolicy: RestartPolicy
  readonly AutoRemove: boolean
  readonly Mounts: readonly MountRequest[]
  readonly Tmpfs: Readonly<Record<string, string>>
  readonly VolumesFrom: readonly string[]
  readonly CapAdd: readonly string[]
  readonly CapDrop: readonly string[]
  readonly Dns: readonly string[]
  readonly DnsOptions: readonly string[]
  readonly DnsSearch: readonly string[]
  readonly ExtraHosts: readonly string[]
  readonly GroupAdd: readonly string[]
  readonly Privileged: boolean
  readonly ReadonlyRootfs: boolean
  readonly SecurityOpt: readonly string[]
  readonly Sysctls: Readonly<Record<string, string>>
  readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[]
  readonly Init: boolean
  /** Bytes; 0 is 64 MiB. */
  readonly ShmSize: number
  readonly Memory: number
  readonly MemorySwap: number
  readonly MemoryReservation: number
  readonly NanoCpus: number
  readonly CpuPeriod: number
  readonly CpuQuota: number
  readonly CpuShares: number
  readonly CpusetCpus: string
  /** 0, -1: none. */
  readonly PidsLimit: number
  readonly OomScoreAdj: number
  readonly MaskedPaths?: readonly string[]
  readonly ReadonlyPaths?: readonly string[]
  /** Rows, columns. */
  readonly ConsoleSize: readonly [number, number]
  readonly Runtime: string
  readonly [other: string]: unknown
}

/** An entry of `HostConfig.Mounts`. */
export interface MountRequest {
  readonly Type: string
  readonly Source?: string
  readonly Target: string
  readonly ReadOnly?: boolean
  readonly BindOptions?: { readonly CreateMountpoint?: boolean; readonly Propagation?: string }
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean
    readonly Labels?: Readonly<Record<string, string>>
    readonly Subpath?: string
    readonly DriverConfig?: { readonly Name?: string; readonly Options?: Readonly<Record<string, string>> }
  }
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number }
}

/** What is mounted in a container, decided when it was created. */
export type MountPoint =
  | {
      readonly type: 'bind'
      readonly source: string
      readonly destination: string
      readonly readOnly: boolean
      /** `ro`, `z` …, as written. */
      readonly mode: string
      /** A missing source is made as a directory. */
      readonly createSource?: boolean
      readonly fromMounts: boolean
    }
  | {
      readonly type: 'volume'
      readonly name: string
      readonly source: string
      readonly destination: string
      readonly readOnly: boolean
      readonly mode: string
      readonly anonymous: boolean
      /** Only this directory or file of the volume. */
      readonly subpath?: string
      /** `source` is the file of a disk. */
      readonly isDisk?: boolean
      readonly fromMounts: boolean
    }
  | {
      readonly type: 'tmpfs'
      readonly destination: string
      readonly readOnly: boolean
      /** Mount options such as `size=64m`. */
      readonly options: readonly string[]
      readonly fromMounts: boolean
    }

/** A container's part in a network: what was asked, and what it got while it runs. */
export interface Attachment {
  readonly networkId: string
  readonly aliases: readonly string[]
  readonly fixedIpv4?: string
  readonly fixedIpv6?: string
  readonly fixedMac?: string
  readonly gwPriority: number
  readonly driverOpts: Readonly<Record<string, string>>
  readonly links: readonly string[]
  readonly endpointId: string
  readonly lease?: Lease
}

/** In canonical text, without prefix length. */
export interface Lease {
  readonly mac: string
  readonly ipv4?: string
  readonly ipv6?: string
}

export type Status =
  | 'created'
  | 'starting'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'exited'
  | 'removing'
  | 'dead'

export interface ContainerState {
  /** `starting` is written before anything is done, and shown as `created` or `exited`. */
  readonly status: Status
  /** How often it was started. */
  readonly run: number
  readonly pid: number
  /** Of the run; absent where it has no meaning. */
  readonly acceleration?: 'kvm' | 'tcg'
  /** Of the machine of the run; absent where there is none. */
  readonly size?: MachineSize
  /** Milliseconds from the request to the first instruction of the process; absent when nobody was there to see it. */
  readonly startedInMs?: number
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly error: string
  /** Milliseconds since the epoch; 0 is never. */
  readonly startedAt: number
  readonly finishedAt: number
  /** By the restart policy since somebody started it. */
  readonly restartCount: number
  /** A user stopped it, so its policy rests. */
  readonly stoppedByUser: boolean
  /** With `removing`: its anonymous volumes go too. */
  readonly removesVolumes?: boolean
  /** Published ports as they are bound. */
  readonly published: readonly PublishedPort[]
  /** Absent without a health check. On disk as of the last change of its status. */
  readonly health?: HealthState
}

export interface HealthState {
  readonly status: 'starting' | 'healthy' | 'unhealthy'
  readonly failingStreak: number
  /** The last five, oldest first. */
  readonly log: readonly HealthResult[]
}

export interface HealthResult {
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
  /** 0 healthy; -1 when the check did not end in time. */
  readonly exitCode: number
  readonly output: string
}

export type RuntimeName = 'vm' | 'sandbox' | 'apple'

/** What is on disk of a container. */
export interface ContainerDocument {
  readonly id: string
  /** Without the leading slash of the API. */
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly created: number
  /** `sha256:…` */
  readonly imageId: string
  readonly platform: string
  readonly runtime: RuntimeName
  readonly config: ContainerConfig
  readonly hostConfig: HostConfig
  readonly mounts: readonly MountPoint[]
  /** By network name, in the order of the request. */
  readonly networks: Readonly<Record<string, Attachment>>
  readonly state: ContainerState
}
