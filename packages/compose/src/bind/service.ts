import { goText } from '../tree/go-text.ts'
import { isList } from '../tree/value.ts'
import type { Shape } from './binder.ts'
import { build } from './build.ts'
import { deploy, deviceRequest } from './deploy.ts'
import { environment, extraHosts, multiOptions, options, textMapping } from './mappings.ts'
import { bindMount } from './mount.ts'
import { fileReference, ulimits } from './parts.ts'
import {
  anyText,
  bytes,
  command,
  flag,
  fraction,
  integer,
  listOf,
  optionalDuration,
  optionalFlag,
  optionalInteger,
  optionalUnsigned,
  recordOf,
  struct,
  text,
  unsigned,
  withNothing,
} from './shapes.ts'

export const texts = listOf(anyText)

/** One text, or a list of texts. */
export const textList: Shape<readonly string[]> = (value, binder) =>
  typeof value === 'string' ? [value] : texts(value, binder)

/** Texts or numbers. */
const numberTexts: Shape<readonly string[]> = (value, binder) =>
  isList(value) && value.length > 0 ? value.map(goText) : textList(value, binder)

const nullCommand = withNothing(command, () => null)

const hook = struct({
  command: nullCommand,
  user: text,
  privileged: flag,
  working_dir: text,
  environment,
})

const healthcheckTest: Shape<readonly string[]> = (value, binder) =>
  typeof value === 'string' ? ['CMD-SHELL', value] : texts(value, binder)

const rate = listOf(
  struct({ path: withNothing(text, () => ''), rate: withNothing(bytes, () => '0') }, { goNames: true }),
)

const blkioConfig = struct({
  weight: unsigned(16),
  weight_device: listOf(
    struct(
      { path: withNothing(text, () => ''), weight: withNothing(unsigned(16), () => 0) },
      { goNames: true },
    ),
  ),
  device_read_bps: rate,
  device_read_iops: rate,
  device_write_bps: rate,
  device_write_iops: rate,
})

const envFile = struct(
  { path: text, required: withNothing(flag, () => false), format: text },
  { extensible: false },
)

const watchRule = struct({
  path: withNothing(text, () => ''),
  action: withNothing(text, () => ''),
  target: text,
  exec: withNothing(hook, () => ({ command: null })),
  include: texts,
  ignore: texts,
  initial_sync: flag,
})

const port = struct({
  name: text,
  mode: text,
  host_ip: text,
  target: unsigned(32),
  published: text,
  protocol: text,
  app_protocol: text,
})

const serviceNetwork = struct({
  aliases: texts,
  driver_opts: options,
  gw_priority: integer,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  priority: integer,
})

const dependency = struct({ condition: text, restart: flag, required: withNothing(flag, () => false) })

/** A struct that is printed even if all in it is nothing. */
const hooks = listOf(hook)

const fields = {
  profiles: texts,
  annotations: textMapping,
  attach: optionalFlag,
  build,
  develop: struct({ watch: listOf(watchRule) }),
  blkio_config: blkioConfig,
  cap_add: texts,
  cap_drop: texts,
  cgroup_parent: text,
  cgroup: text,
  cpu_count: integer,
  cpu_percent: fraction,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: fraction,
  cpuset: text,
  cpu_shares: integer,
  command: nullCommand,
  configs: listOf(fileReference),
  container_name: text,
  credential_spec: struct({ config: text, file: text, registry: text }),
  depends_on: recordOf(dependency),
  deploy,
  device_cgroup_rules: texts,
  devices: listOf(struct({ source: text, target: text, permissions: text })),
  dns: textList,
  dns_opt: texts,
  dns_search: textList,
  domainname: text,
  entrypoint: nullCommand,
  provider: struct({ type: text, options: multiOptions }),
  environment,
  env_file: listOf(envFile),
  expose: numberTexts,
  extends: struct({ file: text, service: text }, { extensible: false }),
  external_links: texts,
  extra_hosts: extraHosts,
  group_add: texts,
  gpus: listOf(deviceRequest),
  hostname: text,
  healthcheck: struct({
    test: healthcheckTest,
    timeout: optionalDuration,
    interval: optionalDuration,
    retries: optionalUnsigned,
    start_period: optionalDuration,
    start_interval: optionalDuration,
    disable: flag,
  }),
  image: text,
  init: optionalFlag,
  ipc: text,
  isolation: text,
  labels: textMapping,
  label_file: textList,
  links: texts,
  logging: struct({ driver: text, options }),
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: text,
  models: recordOf(struct({ endpoint_var: text, model_var: text }), { nulls: true }),
  network_mode: text,
  networks: recordOf(serviceNetwork, { nulls: true }),
  oom_kill_disable: flag,
  oom_score_adj: integer,
  pid: text,
  pids_limit: integer,
  platform: text,
  ports: listOf(port),
  privileged: flag,
  pull_policy: text,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: optionalInteger,
  secrets: listOf(fileReference),
  security_opt: texts,
  shm_size: bytes,
  stdin_open: flag,
  stop_grace_period: optionalDuration,
  stop_signal: text,
  storage_opt: recordOf(anyText),
  sysctls: textMapping,
  tmpfs: textList,
  tty: flag,
  ulimits,
  use_api_socket: flag,
  user: text,
  userns_mode: text,
  uts: text,
  volumes: listOf(bindMount),
  volumes_from: texts,
  working_dir: text,
  post_start: hooks,
  pre_stop: hooks,
}

/** One service; the order is that of the reference, which its hashes depend on. */
export const service: Shape<object> = struct(fields)

export const serviceKeys: readonly string[] = Object.keys(fields)
