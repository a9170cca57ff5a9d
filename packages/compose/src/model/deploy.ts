import type { Bytes, DurationText, Extensions } from './values.ts'

/** The `deploy` section of a service. */
export interface Deploy extends Extensions {
  readonly mode?: string
  readonly replicas?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly update_config?: UpdateConfig
  readonly rollback_config?: UpdateConfig
  readonly resources: Extensions & { readonly limits?: Resource; readonly reservations?: Resource }
  readonly restart_policy?: RestartPolicy
  readonly placement: Placement
  readonly endpoint_mode?: string
}

export interface UpdateConfig extends Extensions {
  readonly parallelism?: number
  readonly delay?: DurationText
  readonly failure_action?: string
  readonly monitor?: DurationText
  readonly max_failure_ratio?: number
  readonly order?: string
}

export interface Resource extends Extensions {
  /** Cores, a fraction allowed. */
  readonly cpus?: number
  readonly memory?: Bytes
  readonly pids?: number
  readonly devices?: readonly DeviceRequest[]
  readonly generic_resources?: readonly (Extensions & {
    readonly discrete_resource_spec?: Extensions & { readonly kind: string; readonly value: number }
  })[]
}

export interface RestartPolicy extends Extensions {
  readonly condition?: string
  readonly delay?: DurationText
  readonly max_attempts?: number
  readonly window?: DurationText
}

export interface Placement extends Extensions {
  readonly constraints?: readonly string[]
  readonly preferences?: readonly (Extensions & { readonly spread?: string })[]
  readonly max_replicas_per_node?: number
}

export interface DeviceRequest {
  readonly capabilities?: readonly string[]
  readonly driver?: string
  /** -1: all. */
  readonly count?: number
  readonly device_ids?: readonly string[]
  readonly options?: Readonly<Record<string, string>>
}
