import type { Locations, Project, Service } from '@container-compose/compose'
import { formatLocation, UserError, UserErrors } from '@container-compose/core'
import { withBuildSupport } from './build-support.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'
import { sharedDisks } from './disk-volumes.ts'
import { fileObjectFaults } from './file-objects.ts'

/** A key of the file that cannot be honoured here. */
interface Rule {
  readonly key: keyof Service
  /** Whether the service says something under the key that counts. */
  readonly applies: (service: Service) => boolean
  /** `error`: the container would be another one without it. `warning`: a hint that changes little. */
  readonly severity: 'error' | 'warning'
  /** Runtimes that it concerns; absent: all. */
  readonly runtimes?: readonly string[]
  readonly hint?: string
  /** Members of HostConfig that say it: a hint is left out of what our engine is asked for. */
  readonly members?: readonly string[]
}

const sandbox = 'runtime: sandbox keeps the container in namespaces of the host, where this works'
const given = (key: keyof Service) => (service: Service) => service[key] !== undefined
const isOther =
  (key: keyof Service, ...harmless: readonly string[]) =>
  (service: Service): boolean =>
    service[key] !== undefined && !harmless.includes(String(service[key]))

const inMachine = { severity: 'error', runtimes: ['vm'], hint: sandbox } as const
const refused = (key: keyof Service): Rule => ({ key, applies: given(key), severity: 'error' })
const hint = (key: keyof Service, ...members: readonly string[]): Rule => ({
  key,
  applies: given(key),
  severity: 'warning',
  members,
})

/** What our own engine does not do. One row for each key; another engine gets everything as it is written. */
export const rules: readonly Rule[] = [
  {
    key: 'network_mode',
    applies: ({ network_mode = '' }) => /^(host$|service:|container:)/.test(network_mode),
    ...inMachine,
  },
  { key: 'pid', applies: isOther('pid', 'private'), ...inMachine },
  { key: 'ipc', applies: isOther('ipc', 'private', 'shareable'), ...inMachine },
  { key: 'uts', applies: isOther('uts', 'private'), ...inMachine },
  { key: 'cgroup', applies: isOther('cgroup', 'private'), ...inMachine },
  { key: 'devices', applies: given('devices'), ...inMachine },
  refused('device_cgroup_rules'),
  refused('gpus'),
  refused('credential_spec'),
  { key: 'isolation', applies: isOther('isolation', 'default'), severity: 'error' },
  refused('external_links'),
  refused('volumes_from'),
  refused('provider'),
  refused('models'),
  refused('post_start'),
  refused('pre_stop'),
  refused('storage_opt'),
  {
    ...hint(
      'blkio_config',
      'BlkioWeight',
      'BlkioWeightDevice',
      'BlkioDeviceReadBps',
      'BlkioDeviceReadIOps',
      'BlkioDeviceWriteBps',
      'BlkioDeviceWriteIOps',
    ),
  },
  hint('cgroup_parent', 'CgroupParent'),
  hint('cpu_rt_period', 'CpuRealtimePeriod'),
  hint('cpu_rt_runtime', 'CpuRealtimeRuntime'),
  hint('mem_swappiness', 'MemorySwappiness'),
  hint('oom_kill_disable', 'OomKillDisable'),
  hint('oom_score_adj', 'OomScoreAdj'),
  { ...hint('userns_mode', 'UsernsMode'), applies: isOther('userns_mode', 'host', 'private') },
  {
    ...hint('logging', 'LogConfig'),
    applies: ({ logging }) => !['', 'json-file', 'local'].includes(logging?.driver ?? ''),
  },
]

/** What no engine does for us, because it is a part of ours that is missing. */
const missingParts: readonly Rule[] = rules.filter(({ key }) =>
  ['post_start', 'pre_stop', 'provider', 'models'].includes(key),
)

export interface SupportOptions {
  /** Whether the engine is ours; another one is given everything. */
  readonly ownEngine: boolean
  /** The runtime of services that name none. */
  readonly defaultRuntime: string
}

/**
 * The desired state without the hints that have no effect on the engine, and a warning about each of them.
 *
 * @throws UserError or UserErrors `UNSUPPORTED_KEY`, one for each key that would make another container of it, with its place;
 * `REQUIRED_VARIABLE`
 */
export const withSupport = (
  desired: DesiredState,
  { project, locations }: { readonly project: Project; readonly locations: Locations },
  { ownEngine, defaultRuntime }: SupportOptions,
): { readonly desired: DesiredState; readonly warnings: readonly string[] } => {
  const errors: UserError[] = []
  const warnings: string[] = ownEngine ? sharedDisks({ project, locations }) : []
  const services = desired.services.map((wanted) => {
    const service = project.services[wanted.name] as Service
    const runtime = service.runtime ?? defaultRuntime
    const broken = (ownEngine ? rules : missingParts).filter(
      ({ applies, runtimes }) => applies(service) && (runtimes?.includes(runtime) ?? true),
    )
    for (const rule of broken) {
      const what = `services.${wanted.name}.${rule.key}`
      const where = rule.runtimes === undefined ? '' : ` with runtime ${runtime}`
      const at = locations.of(['services', wanted.name, rule.key])
      const instead =
        rule.hint ?? `remove \`${rule.key}\`, or use a Docker engine: -H unix:///var/run/docker.sock`
      const place = at === undefined ? '' : ` (${formatLocation(at)})`
      if (rule.severity === 'warning') warnings.push(`${what} has no effect${where}${place}`)
      else
        errors.push(
          new UserError('UNSUPPORTED_KEY', `${what} is not supported${where}`, { at, hint: instead }),
        )
    }
    const faults = fileObjectFaults({ project, locations }, wanted.name)
    errors.push(...faults.errors)
    warnings.push(...faults.warnings)
    return withoutMembers(wanted, new Set(broken.flatMap(({ members = [] }) => members)))
  })
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw new UserErrors(errors)
  const supported = withBuildSupport({ ...desired, services }, { project, locations }, { ownEngine })
  return { desired: supported, warnings }
}

/** The same service, whose containers are created without these members of HostConfig. Its hash stays. */
const withoutMembers = (service: DesiredService, members: ReadonlySet<string>): DesiredService =>
  members.size === 0
    ? service
    : {
        ...service,
        body: (instance) => {
          const body = service.body(instance)
          const kept = Object.entries(body.HostConfig).filter(([member]) => !members.has(member))
          return { ...body, HostConfig: Object.fromEntries(kept) }
        },
      }
