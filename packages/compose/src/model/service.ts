import type { Build } from './build.ts'
import type { Deploy, DeviceRequest } from './deploy.ts'
import type { Bytes, Command, DurationText, Extensions, FileMode } from './values.ts'

/**
 * One service in the canonical long form, keys in the order in which the reference prints and hashes them.
 * An absent key is a value that was not set (or is the zero value, which the reference does not print).
 */
export interface Service extends Extensions {
  readonly profiles?: readonly string[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly attach?: boolean
  readonly build?: Build
  readonly develop?: Develop
  readonly blkio_config?: BlkioConfig
  readonly cap_add?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly cgroup_parent?: string
  readonly cgroup?: string
  readonly cpu_count?: number
  readonly cpu_percent?: number
  readonly cpu_period?: number
  readonly cpu_quota?: number
  readonly cpu_rt_period?: number
  readonly cpu_rt_runtime?: number
  readonly cpus?: number
  readonly cpuset?: string
  readonly cpu_shares?: number
  /** null: the image's own; an empty list clears it. */
  readonly command: Command
  readonly configs?: readonly FileReference[]
  readonly container_name?: string
  readonly credential_spec?: CredentialSpec
  readonly depends_on?: Readonly<Record<string, Dependency>>
  readonly deploy?: Deploy
  readonly device_cgroup_rules?: readonly string[]
  readonly devices?: readonly DeviceMapping[]
  readonly dns?: readonly string[]
  readonly dns_opt?: readonly string[]
  readonly dns_search?: readonly string[]
  readonly dockerfile?: string
  readonly domainname?: string
  /** null: the image's own; an empty list clears it. */
  readonly entrypoint: Command
  readonly provider?: Provider
  /** null: the variable is passed on only if the engine's side has it; as good as unset. */
  readonly environment?: Readonly<Record<string, string | null>>
  /** Only where the files were not resolved into `environment`. Required files are printed as their path alone. */
  readonly env_file?: readonly EnvFile[]
  readonly expose?: readonly string[]
  readonly extends?: { readonly file?: string; readonly service?: string }
  readonly external_links?: readonly string[]
  /** `host=address`, sorted. */
  readonly extra_hosts?: readonly string[]
  readonly group_add?: readonly string[]
  readonly gpus?: readonly DeviceRequest[]
  readonly hostname?: string
  readonly healthcheck?: Healthcheck
  readonly image?: string
  readonly init?: boolean
  readonly ipc?: string
  readonly isolation?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly label_file?: readonly string[]
  readonly links?: readonly string[]
  readonly logging?: Logging
  readonly mem_limit?: Bytes
  readonly mem_reservation?: Bytes
  /** `-1`: unlimited swap. */
  readonly memswap_limit?: Bytes
  readonly mem_swappiness?: Bytes
  readonly mac_address?: string
  readonly models?: Readonly<Record<string, ServiceModel | null>>
  readonly network_mode?: string
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>
  readonly oom_kill_disable?: boolean
  readonly oom_score_adj?: number
  readonly pid?: string
  readonly pids_limit?: number
  readonly platform?: string
  readonly ports?: readonly Port[]
  readonly privileged?: boolean
  readonly pull_policy?: string
  readonly read_only?: boolean
  readonly restart?: string
  readonly runtime?: string
  readonly scale?: number
  readonly secrets?: readonly FileReference[]
  readonly security_opt?: readonly string[]
  readonly shm_size?: Bytes
  readonly stdin_open?: boolean
  readonly stop_grace_period?: DurationText
  readonly stop_signal?: string
  readonly storage_opt?: Readonly<Record<string, string>>
  readonly sysctls?: Readonly<Record<string, string>>
  readonly tmpfs?: readonly string[]
  readonly tty?: boolean
  readonly ulimits?: Readonly<Record<string, Ulimit>>
  readonly use_api_socket?: boolean
  readonly user?: string
  readonly userns_mode?: string
  readonly uts?: string
  readonly volumes?: readonly Mount[]
  readonly volumes_from?: readonly string[]
  readonly working_dir?: string
  readonly post_start?: readonly Hook[]
  readonly pre_stop?: readonly Hook[]
}

/** One limit for both, or soft and hard apart. */
export type Ulimit = number | { readonly soft?: number; readonly hard?: number }

export interface Dependency extends Extensions {
  readonly condition?: 'service_started' | 'service_healthy' | 'service_completed_successfully'
  readonly restart?: boolean
  readonly required: boolean
}

export interface EnvFile {
  readonly path?: string
  readonly required: boolean
  readonly format?: string
}

export interface Healthcheck extends Extensions {
  readonly test?: readonly string[]
  readonly timeout?: DurationText
  readonly interval?: DurationText
  readonly retries?: number
  readonly start_period?: DurationText
  readonly start_interval?: DurationText
  readonly disable?: boolean
}

export interface Logging extends Extensions {
  readonly driver?: string
  readonly options?: Readonly<Record<string, string>>
}

export interface Port extends Extensions {
  readonly name?: string
  readonly mode?: string
  readonly host_ip?: string
  readonly target?: number
  /** One port or a range `8000-8010`; absent: the engine picks one. */
  readonly published?: string
  readonly protocol?: string
  readonly app_protocol?: string
}

export interface Mount extends Extensions {
  readonly type?: 'bind' | 'volume' | 'tmpfs' | 'cluster' | 'npipe' | 'image'
  readonly source?: string
  readonly target?: string
  readonly read_only?: boolean
  readonly consistency?: string
  readonly bind?: Extensions & {
    readonly selinux?: string
    readonly propagation?: string
    readonly create_host_path?: boolean
    readonly recursive?: string
  }
  readonly volume?: Extensions & {
    readonly labels?: Readonly<Record<string, string>>
    readonly nocopy?: boolean
    readonly subpath?: string
  }
  readonly tmpfs?: Extensions & { readonly size?: Bytes; readonly mode?: number }
  readonly image?: Extensions & { readonly subpath?: string }
}

export interface ServiceNetwork extends Extensions {
  readonly aliases?: readonly string[]
  readonly driver_opts?: Readonly<Record<string, string>>
  readonly gw_priority?: number
  readonly interface_name?: string
  readonly ipv4_address?: string
  readonly ipv6_address?: string
  readonly link_local_ips?: readonly string[]
  readonly mac_address?: string
  readonly priority?: number
}

/** Use of a secret or config by a service or a build. */
export interface FileReference extends Extensions {
  readonly source?: string
  readonly target?: string
  readonly uid?: string
  readonly gid?: string
  readonly mode?: FileMode
}

export interface Hook extends Extensions {
  readonly command: Command
  readonly user?: string
  readonly privileged?: boolean
  readonly working_dir?: string
  readonly environment?: Readonly<Record<string, string | null>>
}

export interface Develop extends Extensions {
  readonly watch?: readonly WatchRule[]
}

export interface WatchRule extends Extensions {
  readonly path: string
  readonly action: 'rebuild' | 'sync' | 'restart' | 'sync+restart' | 'sync+exec'
  readonly target?: string
  readonly exec?: Hook
  readonly include?: readonly string[]
  readonly ignore?: readonly string[]
  readonly initial_sync?: boolean
}

export interface DeviceMapping extends Extensions {
  readonly source?: string
  readonly target?: string
  readonly permissions?: string
}

export interface BlkioConfig extends Extensions {
  readonly weight?: number
  readonly weight_device?: readonly { readonly path: string; readonly weight: number }[]
  readonly device_read_bps?: readonly DeviceRate[]
  readonly device_read_iops?: readonly DeviceRate[]
  readonly device_write_bps?: readonly DeviceRate[]
  readonly device_write_iops?: readonly DeviceRate[]
}

export interface DeviceRate {
  readonly path: string
  readonly rate: Bytes
}

export interface CredentialSpec extends Extensions {
  readonly config?: string
  readonly file?: string
  readonly registry?: string
}

export interface Provider extends Extensions {
  readonly type?: string
  readonly options?: Readonly<Record<string, readonly string[]>>
}

export interface ServiceModel extends Extensions {
  readonly endpoint_var?: string
  readonly model_var?: string
}
