import { port, serviceNetwork, volumeMount } from './attachments.ts'
import { build } from './build.ts'
import { command, extraHosts, fileReferences, hook, ulimits } from './common.ts'
import { deploy, openDeviceRequest } from './deploy.ts'
import {
  booleanOrString,
  integerBetween,
  integerOrString,
  list,
  listOrMap,
  mapOf,
  matching,
  nameOf,
  numberOrString,
  type ObjectSchema,
  object,
  oneOf,
  string,
  stringOrList,
  strings,
  type,
  uniqueStrings,
  words,
} from './schema.ts'

const rate = list(object({ path: string, rate: integerOrString }, { extensible: false }))

const blkioConfig = object(
  {
    device_read_bps: rate,
    device_read_iops: rate,
    device_write_bps: rate,
    device_write_iops: rate,
    weight: integerOrString,
    weight_device: list(object({ path: string, weight: integerOrString }, { extensible: false })),
  },
  { extensible: false },
)

const dependency = object(
  {
    restart: booleanOrString,
    required: type('boolean'),
    condition: words('service_started', 'service_healthy', 'service_completed_successfully'),
  },
  { required: ['condition'] },
)

const watchRule = object(
  {
    ignore: stringOrList,
    include: stringOrList,
    path: string,
    action: words('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
    target: string,
    exec: hook,
    initial_sync: type('boolean'),
  },
  { required: ['path', 'action'] },
)

const envFile = oneOf(
  string,
  list(
    oneOf(
      string,
      object(
        { path: string, format: string, required: booleanOrString },
        { required: ['path'], extensible: false },
      ),
    ),
  ),
)

const healthcheck = object({
  disable: booleanOrString,
  interval: string,
  retries: numberOrString,
  test: oneOf(string, strings),
  timeout: string,
  start_period: string,
  start_interval: string,
})

const providerValue = type('string', 'number', 'boolean')

const provider = object(
  { type: string, options: mapOf(oneOf(providerValue, list(providerValue)), { open: true }) },
  { required: ['type'] },
)

const serviceModel = object({ endpoint_var: string, model_var: string })

/** One service. */
export const service: ObjectSchema = object({
  develop: object({ watch: list(watchRule) }, { orTypes: ['null'] }),
  deploy,
  annotations: listOrMap,
  attach: booleanOrString,
  build,
  blkio_config: blkioConfig,
  cap_add: uniqueStrings,
  cap_drop: uniqueStrings,
  cgroup: words('host', 'private'),
  cgroup_parent: string,
  command,
  configs: fileReferences,
  container_name: matching(/[a-zA-Z0-9][a-zA-Z0-9_.-]+/),
  cpu_count: oneOf(string, integerBetween(0)),
  cpu_percent: oneOf(string, integerBetween(0, 100)),
  cpu_shares: numberOrString,
  cpu_quota: numberOrString,
  cpu_period: numberOrString,
  cpu_rt_period: numberOrString,
  cpu_rt_runtime: numberOrString,
  cpus: numberOrString,
  cpuset: string,
  credential_spec: object({ config: string, file: string, registry: string }),
  depends_on: oneOf(uniqueStrings, mapOf(dependency, { pattern: nameOf })),
  device_cgroup_rules: uniqueStrings,
  devices: list(
    oneOf(string, object({ source: string, target: string, permissions: string }, { required: ['source'] })),
  ),
  dns: stringOrList,
  dns_opt: uniqueStrings,
  dns_search: stringOrList,
  domainname: string,
  entrypoint: command,
  env_file: envFile,
  label_file: oneOf(string, strings),
  environment: listOrMap,
  expose: list(type('string', 'number'), { unique: true }),
  extends: oneOf(
    string,
    object({ service: string, file: string }, { required: ['service'], extensible: false }),
  ),
  provider,
  external_links: uniqueStrings,
  extra_hosts: extraHosts,
  gpus: oneOf(words('all'), list(openDeviceRequest)),
  group_add: list(type('string', 'number'), { unique: true }),
  healthcheck,
  hostname: string,
  image: string,
  init: booleanOrString,
  ipc: string,
  isolation: string,
  labels: listOrMap,
  links: uniqueStrings,
  logging: object({ driver: string, options: mapOf(type('string', 'number', 'null'), { open: true }) }),
  mac_address: string,
  mem_limit: numberOrString,
  mem_reservation: type('string', 'integer'),
  mem_swappiness: integerOrString,
  memswap_limit: numberOrString,
  network_mode: string,
  models: oneOf(uniqueStrings, mapOf(oneOf(serviceModel, type('null')), { pattern: nameOf, open: true })),
  networks: oneOf(uniqueStrings, mapOf(oneOf(serviceNetwork, type('null')), { pattern: nameOf })),
  oom_kill_disable: booleanOrString,
  oom_score_adj: oneOf(string, integerBetween(-1000, 1000)),
  pid: type('string', 'null'),
  pids_limit: numberOrString,
  platform: string,
  ports: list(port, { unique: true }),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: booleanOrString,
  profiles: uniqueStrings,
  pull_policy: matching(
    /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  ),
  pull_refresh_after: string,
  read_only: booleanOrString,
  restart: string,
  runtime: string,
  scale: integerOrString,
  security_opt: uniqueStrings,
  shm_size: numberOrString,
  secrets: fileReferences,
  sysctls: listOrMap,
  stdin_open: booleanOrString,
  stop_grace_period: string,
  stop_signal: string,
  storage_opt: object({}, { open: true }),
  tmpfs: stringOrList,
  tty: booleanOrString,
  ulimits,
  use_api_socket: type('boolean'),
  user: string,
  uts: string,
  userns_mode: string,
  volumes: list(volumeMount, { unique: true }),
  volumes_from: uniqueStrings,
  working_dir: string,
})
