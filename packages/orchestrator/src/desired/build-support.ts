import type { Build, Locations, Project } from '@container-compose/compose'
import { formatLocation, UserError } from '@container-compose/core'
import type { DesiredBuild } from './desired-build.ts'
import type { DesiredState } from './desired-state.ts'

/** A key below `build` that a build here can't honour. */
interface BuildRule {
  readonly key: keyof Build
  readonly applies: (build: Build) => boolean
  /** `error`: the image would be another one without it. `warning`: a hint. */
  readonly severity: 'error' | 'warning'
  /** Absent: on every engine. */
  readonly only?: 'own' | 'other'
  readonly hint?: string
}

const ours = 'container-compose builds it with its own engine: leave out -H and DOCKER_HOST'
const isTrue = (text: string | undefined): boolean => !['', 'false', '0'].includes(text ?? '')
const given = (key: keyof Build) => (build: Build) => {
  const value = build[key]
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
}
const contexts = (build: Build, pattern: RegExp): boolean =>
  Object.values(build.additional_contexts ?? {}).some((value) => pattern.test(value))

/** Docker's classic builder, which every engine has, and buildah, which ours has. */
export const buildRules: readonly BuildRule[] = [
  { key: 'privileged', applies: given('privileged'), severity: 'error' },
  {
    key: 'entitlements',
    applies: ({ entitlements = [] }) => entitlements.some((name) => name !== 'network.host'),
    severity: 'error',
  },
  {
    key: 'isolation',
    applies: ({ isolation = 'default' }) => isolation !== 'default',
    severity: 'error',
    only: 'own',
  },
  {
    key: 'network',
    applies: ({ network = 'default' }) => !['default', 'bridge', 'none', 'host'].includes(network),
    severity: 'error',
    only: 'own',
    hint: 'a build has the network default, none or host',
  },
  {
    key: 'platforms',
    applies: ({ platforms = [] }) => platforms.length > 1,
    severity: 'error',
    hint: 'one platform is built at a time: name the one with `platform`, or leave one',
  },
  {
    key: 'additional_contexts',
    applies: (build) => contexts(build, /^(?!\/|service:|docker-image:\/\/)/),
    severity: 'error',
    hint: 'a folder, docker-image://IMAGE or service:NAME',
  },
  {
    key: 'additional_contexts',
    applies: given('additional_contexts'),
    severity: 'error',
    only: 'other',
    hint: ours,
  },
  { key: 'secrets', applies: given('secrets'), severity: 'error', only: 'other', hint: ours },
  { key: 'ssh', applies: given('ssh'), severity: 'error', only: 'other', hint: ours },
  { key: 'cache_from', applies: given('cache_from'), severity: 'warning', only: 'own' },
  { key: 'cache_to', applies: given('cache_to'), severity: 'warning' },
  { key: 'provenance', applies: ({ provenance }) => isTrue(provenance), severity: 'warning' },
  { key: 'sbom', applies: ({ sbom }) => isTrue(sbom), severity: 'warning' },
]

/** The same state, whose builds know what of them can't be done: see `DesiredBuild.refusals`. */
export const withBuildSupport = (
  desired: DesiredState,
  loaded: { readonly project: Project; readonly locations: Locations },
  { ownEngine }: { readonly ownEngine: boolean },
): DesiredState => {
  const builds = new Map([...desired.builds].map(([name, build]) => [name, judged(build, loaded, ownEngine)]))
  return {
    ...desired,
    builds,
    services: desired.services.map((service) => ({ ...service, build: builds.get(service.name) })),
  }
}

const judged = (
  wanted: DesiredBuild,
  { project, locations }: { readonly project: Project; readonly locations: Locations },
  ownEngine: boolean,
): DesiredBuild => {
  const { service: name } = wanted
  const service = project.services[name] ?? project.disabledServices[name]
  const build = service?.build ?? {}
  const refusals: UserError[] = []
  const hints: string[] = []
  for (const { key, applies, severity, only, hint } of buildRules) {
    if (!applies(build) || (only !== undefined && (only === 'own') !== ownEngine)) continue
    if (key === 'platforms' && wanted.platform !== undefined) continue
    const what = `services.${name}.build.${key}`
    const at = locations.of(['services', name, 'build', key])
    if (severity === 'warning')
      hints.push(`${what} has no effect${at === undefined ? '' : ` (${formatLocation(at)})`}`)
    else
      refusals.push(
        new UserError('UNSUPPORTED_KEY', `${what} is not supported`, {
          at,
          hint: hint ?? `remove \`${key}\``,
        }),
      )
  }
  return { ...wanted, refusals, hints }
}
