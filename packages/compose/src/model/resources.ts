import type { Extensions } from './values.ts'

/** A network of the project. */
export interface Network extends Extensions {
  /** Absent only when normalization was off. */
  readonly name?: string
  readonly driver?: string
  readonly driver_opts?: Readonly<Record<string, string>>
  readonly ipam: Ipam
  readonly external?: boolean
  readonly internal?: boolean
  readonly attachable?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly enable_ipv4?: boolean
  readonly enable_ipv6?: boolean
}

export interface Ipam extends Extensions {
  readonly driver?: string
  readonly config?: readonly IpamPool[]
}

export interface IpamPool extends Extensions {
  readonly subnet?: string
  readonly gateway?: string
  readonly ip_range?: string
  readonly aux_addresses?: Readonly<Record<string, string>>
}

/** A named volume of the project. */
export interface Volume extends Extensions {
  readonly name?: string
  readonly driver?: string
  readonly driver_opts?: Readonly<Record<string, string>>
  readonly external?: boolean
  readonly labels?: Readonly<Record<string, string>>
}

/** A secret or a config of the project. */
export interface FileObject extends Extensions {
  readonly name?: string
  readonly file?: string
  /** Name of the variable that holds the content. */
  readonly environment?: string
  readonly content?: string
  readonly external?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly driver?: string
  readonly driver_opts?: Readonly<Record<string, string>>
  readonly template_driver?: string
}

export interface Model extends Extensions {
  readonly name?: string
  readonly model?: string
  readonly context_size?: number
  readonly runtime_flags?: readonly string[]
}
