// The members of Docker Engine API objects that we read, by the names of the API (v1.51).

export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly Command: string
  /** Seconds since the epoch. */
  readonly Created: number
  readonly Ports: readonly PortSummary[]
  readonly Labels: Readonly<Record<string, string>> | null
  readonly State: string
  readonly Status: string
  readonly HostConfig?: { readonly NetworkMode?: string }
  readonly NetworkSettings?: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string; readonly IPAddress?: string }>>
  }
  readonly Mounts?: readonly MountPoint[]
}

export interface PortSummary {
  readonly IP?: string
  readonly PrivatePort: number
  readonly PublicPort?: number
  readonly Type: string
}

export interface MountPoint {
  readonly Type: string
  readonly Name?: string
  readonly Source: string
  readonly Destination: string
  readonly RW?: boolean
}

export interface ContainerDetails {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Image: string
  readonly State: ContainerState
  readonly Config: {
    readonly Tty: boolean
    readonly Image: string
    readonly Labels: Readonly<Record<string, string>> | null
    readonly Env: readonly string[] | null
    readonly Cmd: readonly string[] | null
    readonly Entrypoint: readonly string[] | null
    readonly Hostname?: string
    readonly User?: string
    readonly WorkingDir?: string
    readonly Healthcheck?: unknown
  }
  readonly HostConfig: Readonly<Record<string, unknown>>
  readonly NetworkSettings: {
    readonly Networks?: Readonly<Record<string, { readonly NetworkID?: string; readonly IPAddress?: string }>>
  }
  readonly Mounts?: readonly MountPoint[]
  /** Told by our own engine only. */
  readonly Machine?: {
    readonly Runtime?: string
    readonly Acceleration?: string
    /** Milliseconds from the request to the first instruction of the container's process. */
    readonly StartedInMs?: number
    /** Virtual processors, and bytes: what the machine has where no limit is set. */
    readonly Cpus?: number
    readonly Memory?: number
    readonly Pid?: number
  }
}

export interface ContainerState {
  readonly Status: string
  readonly Running: boolean
  readonly Restarting?: boolean
  readonly ExitCode: number
  readonly Error?: string
  readonly StartedAt: string
  readonly FinishedAt: string
  readonly Health?: { readonly Status: string }
}

export interface ImageDetails {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Os?: string
  readonly Architecture?: string
  readonly Variant?: string
  readonly Size?: number
  readonly Created?: string
  readonly Metadata?: { readonly LastTagTime?: string }
  readonly Config?: {
    readonly Env?: readonly string[] | null
    readonly Volumes?: Readonly<Record<string, unknown>> | null
    readonly Labels?: Readonly<Record<string, string>> | null
  } | null
}

export interface ImageSummary {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly Labels?: Readonly<Record<string, string>> | null
}

export interface NetworkDetails {
  readonly Id: string
  readonly Name: string
  readonly Driver?: string
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Containers?: Readonly<Record<string, { readonly Name: string }>>
}

export interface VolumeDetails {
  readonly Name: string
  readonly Driver?: string
  readonly Labels: Readonly<Record<string, string>> | null
}

export interface EngineEvent {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly time: number
  readonly timeNano: number
}

export interface PullMessage {
  readonly status?: string
  readonly id?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

/** One line of the build stream. */
export interface BuildMessage {
  readonly stream?: string
  readonly aux?: { readonly ID?: string }
  readonly error?: string
  /** `line` of the Dockerfile is told by our engine only. */
  readonly errorDetail?: { readonly message?: string; readonly code?: number; readonly line?: number }
}

export interface ContainerCreated {
  readonly Id: string
  readonly Warnings: readonly string[] | null
}

export interface ContainerCreateBody {
  readonly Image: string
  readonly Labels: Readonly<Record<string, string>>
  readonly HostConfig: Readonly<Record<string, unknown>>
  readonly NetworkingConfig: { readonly EndpointsConfig: Readonly<Record<string, unknown>> }
  readonly [member: string]: unknown
}

export interface NetworkCreateBody {
  readonly Name: string
  readonly Labels: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

export interface VolumeCreateBody {
  readonly Name: string
  readonly Labels: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

export interface ExecCreateBody {
  readonly Cmd: readonly string[]
  readonly AttachStdin?: boolean
  readonly AttachStdout?: boolean
  readonly AttachStderr?: boolean
  readonly Tty?: boolean
  readonly Env?: readonly string[]
  readonly User?: string
  readonly WorkingDir?: string
  readonly Privileged?: boolean
  /** Rows and columns. */
  readonly ConsoleSize?: readonly [number, number]
}

export interface ExecDetails {
  readonly Running: boolean
  readonly ExitCode: number | null
}

export type Filters = Readonly<Record<string, readonly string[]>>
