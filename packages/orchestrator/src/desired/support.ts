import type { Locations, Path, Project, Service } from '@container-compose/compose'
import { UserError, UserErrors } from '@container-compose/core'

/** A key of the file that cannot be honoured here. */
interface Rule {
  readonly key: string
  /** Whether the service says something under the key that counts. */
  readonly applies: (service: Service) => boolean
  /** `error`: the container would be another one without it. `warning`: a hint that changes little. */
  readonly severity: 'error' | 'warning'
  /** Runtimes that it concerns; absent: all. */
  readonly runtimes?: readonly string[]
  readonly hint?: string
}

const sandbox = 'runtime: sandbox keeps the container in namespaces of the host, where this works'
const given = (key: keyof Service) => (service: Service) => service[key] !== undefined

/** What our own engine does not do. One row for each key; another engine gets everything as it is written. */
const rules: readonly Rule[] = [
  {
    key: 'network_mode',
    applies: ({ network_mode = '' }) => /^(host$|service:|container:)/.test(network_mode),
    severity: 'error',
    runtimes: ['vm'],
    hint: sandbox,
  },
  { key: 'pid', applies: given('pid'), severity: 'error', runtimes: ['vm'], hint: sandbox },
  {
    key: 'ipc',
    applies: ({ ipc = 'private' }) => !['private', 'shareable', 'none'].includes(ipc),
    severity: 'error',
    runtimes: ['vm'],
    hint: sandbox,
  },
  {
    key: 'uts',
    applies: ({ uts = '' }) => uts === 'host',
    severity: 'error',
    runtimes: ['vm'],
    hint: sandbox,
  },
  { key: 'userns_mode', applies: given('userns_mode'), severity: 'warning' },
  { key: 'devices', applies: given('devices'), severity: 'error', runtimes: ['vm'], hint: sandbox },
  { key: 'device_cgroup_rules', applies: given('device_cgroup_rules'), severity: 'error' },
  { key: 'gpus', applies: given('gpus'), severity: 'error' },
  { key: 'credential_spec', applies: given('credential_spec'), severity: 'error' },
  {
    key: 'isolation',
    applies: ({ isolation = 'default' }) => isolation !== 'default',
    severity: 'error',
  },
  { key: 'external_links', applies: given('external_links'), severity: 'error' },
  { key: 'volumes_from', applies: given('volumes_from'), severity: 'error' },
  { key: 'provider', applies: given('provider'), severity: 'error' },
  { key: 'models', applies: given('models'), severity: 'error' },
  { key: 'use_api_socket', applies: given('use_api_socket'), severity: 'error' },
  { key: 'post_start', applies: given('post_start'), severity: 'error' },
  { key: 'pre_stop', applies: given('pre_stop'), severity: 'error' },
  { key: 'blkio_config', applies: given('blkio_config'), severity: 'warning' },
  { key: 'cgroup_parent', applies: given('cgroup_parent'), severity: 'warning' },
  { key: 'cpu_rt_period', applies: given('cpu_rt_period'), severity: 'warning' },
  { key: 'cpu_rt_runtime', applies: given('cpu_rt_runtime'), severity: 'warning' },
  { key: 'mem_swappiness', applies: given('mem_swappiness'), severity: 'warning' },
  { key: 'oom_score_adj', applies: given('oom_score_adj'), severity: 'warning', runtimes: ['vm'] },
  { key: 'oom_kill_disable', applies: given('oom_kill_disable'), severity: 'warning' },
  { key: 'storage_opt', applies: given('storage_opt'), severity: 'error' },
  {
    key: 'logging',
    applies: ({ logging }) => !['', 'json-file', 'local'].includes(logging?.driver ?? ''),
    severity: 'warning',
  },
]

/** What no engine does for us, because it is a part of ours that is missing. */
const missingParts: readonly Rule[] = rules.filter(({ key }) =>
  ['post_start', 'pre_stop', 'provider', 'models', 'use_api_socket'].includes(key),
)

export interface SupportOptions {
  /** Whether the engine is ours; another one is given everything. */
  readonly ownEngine: boolean
  /** The runtime of services that name none. */
  readonly defaultRuntime: string
}

/**
 * Warnings about hints that have no effect here.
 *
 * @throws UserErrors `UNSUPPORTED_KEY`, one for each key that would make another container of it, with its place.
 */
export const checkSupport = (
  project: Project,
  locations: Locations,
  { ownEngine, defaultRuntime }: SupportOptions,
): string[] => {
  const errors: UserError[] = []
  const warnings: string[] = []
  for (const [name, service] of Object.entries(project.services))
    for (const rule of ownEngine ? rules : missingParts) {
      const runtime = service.runtime ?? defaultRuntime
      if (!rule.applies(service) || !(rule.runtimes?.includes(runtime) ?? true)) continue
      const path: Path = ['services', name, rule.key]
      const where = rule.runtimes === undefined ? '' : ` with runtime ${runtime}`
      const at = locations.of(path)
      if (rule.severity === 'error')
        errors.push(
          new UserError('UNSUPPORTED_KEY', `services.${name}.${rule.key} is not supported${where}`, {
            at,
            hint:
              rule.hint ?? `remove \`${rule.key}\`, or use a Docker engine: -H unix:///var/run/docker.sock`,
          }),
        )
      else
        warnings.push(
          `services.${name}.${rule.key} has no effect${where}${at === undefined ? '' : ` (${at.file}:${at.line}:${at.column})`}`,
        )
    }
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new UserErrors(errors)
  return warnings
}
