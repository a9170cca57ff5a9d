import type { Path } from '../locations.ts'
import type { Service } from '../model/service.ts'
import { goQuote } from '../tree/go-text.ts'
import type { CheckedProject } from './consistency.ts'
import { deployRules } from './deploy-rules.ts'

export interface RuleContext {
  readonly name: string
  readonly service: Service
  readonly project: CheckedProject
  readonly fault: (path: Path, code: string, message: string) => void
}

export type ServiceRule = (context: RuleContext) => void

const invalid = 'invalid compose project'

const hasSource: ServiceRule = ({ name, service, fault }) => {
  if (service.build === undefined && service.image === undefined && service.provider === undefined)
    fault(
      [],
      'NO_IMAGE',
      `service ${goQuote(name)} has neither an image nor a build context specified: ${invalid}`,
    )
}

const buildIsSound: ServiceRule = ({ name, service: { build, platform }, project, fault }) => {
  if (build === undefined) return
  if (build.dockerfile_inline !== undefined && build.dockerfile !== undefined)
    fault(
      ['build'],
      'BUILD',
      `service ${goQuote(name)} declares mutualy exclusive dockerfile and dockerfile_inline: ${invalid}`,
    )
  for (const [key, context] of Object.entries(build.additional_contexts ?? {})) {
    if (!context.startsWith('service:')) continue
    const target = context.slice('service:'.length)
    const found = project.services[target]
    const kind = found === undefined ? 'unknown' : found.build === undefined ? 'non-buildable' : undefined
    if (kind !== undefined)
      fault(
        ['build', 'additional_contexts', key],
        'BUILD',
        `service ${goQuote(name)} declares ${kind} service ${goQuote(target)} as additional contexts ${key}`,
      )
  }
  if (build.platforms !== undefined && platform !== undefined && !build.platforms.includes(platform))
    fault(
      ['build', 'platforms'],
      'BUILD',
      `service.build.platforms MUST include service.platform ${goQuote(platform)}: ${invalid}`,
    )
  for (const [index, { source = '' }] of (build.secrets ?? []).entries())
    if (project.secrets[source] === undefined)
      fault(
        ['build', 'secrets', index],
        'UNDEFINED_SECRET',
        `service ${goQuote(name)} refers to undefined build secret ${source}: ${invalid}`,
      )
}

const networksExist: ServiceRule = ({ name, service, project, fault }) => {
  const networks = Object.keys(service.networks ?? {})
  if (service.network_mode !== undefined && networks.length > 0)
    fault(
      ['network_mode'],
      'NETWORK_MODE',
      `service ${name} declares mutually exclusive \`network_mode\` and \`networks\`: ${invalid}`,
    )
  for (const network of networks)
    if (project.networks[network] === undefined)
      fault(
        ['networks', network],
        'UNDEFINED_NETWORK',
        `service ${goQuote(name)} refers to undefined network ${network}: ${invalid}`,
      )
}

const healthcheckStarts: ServiceRule = ({ service, fault }) => {
  const [first] = service.healthcheck?.test ?? []
  if (first !== undefined && !['CMD', 'CMD-SHELL', 'NONE'].includes(first))
    fault(
      ['healthcheck', 'test'],
      'HEALTHCHECK',
      'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
    )
}

const dependenciesExist: ServiceRule = ({ name, service, project, fault }) => {
  for (const [needed, { required }] of Object.entries(service.depends_on ?? {})) {
    if (project.services[needed] !== undefined) continue
    if (project.disabledServices[needed] !== undefined && !required) continue
    fault(
      ['depends_on', needed],
      'UNDEFINED_DEPENDENCY',
      `service ${goQuote(name)} depends on undefined service ${goQuote(needed)}: ${invalid}`,
    )
  }
  if (!service.network_mode?.startsWith('service:')) return
  const other = service.network_mode.slice('service:'.length)
  if (project.services[other] === undefined)
    fault(
      ['network_mode'],
      'UNDEFINED_DEPENDENCY',
      `service ${goQuote(other)} not found for network_mode 'service:${other}'`,
    )
}

const referencesExist: ServiceRule = ({ name, service, project, fault }) => {
  const undefinedOne = (path: Path, kind: string, source: string): void =>
    fault(
      path,
      `UNDEFINED_${kind.toUpperCase()}`,
      `service ${goQuote(name)} refers to undefined ${kind} ${source}: ${invalid}`,
    )
  for (const [index, { type, source }] of (service.volumes ?? []).entries())
    if (type === 'volume' && source !== undefined && project.volumes[source] === undefined)
      undefinedOne(['volumes', index], 'volume', source)
  for (const [index, { source = '' }] of (service.configs ?? []).entries())
    if (project.configs[source] === undefined) undefinedOne(['configs', index], 'config', source)
  for (const model of Object.keys(service.models ?? {}))
    if (project.models[model] === undefined) undefinedOne(['models', model], 'model', model)
  for (const [index, { source = '' }] of (service.secrets ?? []).entries())
    if (project.secrets[source] === undefined) undefinedOne(['secrets', index], 'secret', source)
}

const watchHasTargets: ServiceRule = ({ name, service, fault }) => {
  for (const [index, { target, action }] of (service.develop?.watch ?? []).entries())
    if (target === undefined && action !== 'rebuild' && action !== 'restart')
      fault(
        ['develop', 'watch', index],
        'WATCH_TARGET',
        `services.${name}.develop.watch: target is required for non-rebuild actions: ${invalid}`,
      )
}

const targetsDiffer: ServiceRule = ({ name, service, fault }) => {
  const mounted = new Map<string, string>()
  const mount = (target: string, path: Path): void => {
    const place = `services.${name}.${path[0]}[${path[1]}]`
    const before = mounted.get(target)
    if (before !== undefined)
      fault(path, 'MOUNT_TARGET_TAKEN', `${place}: target ${target} already mounted as ${before}`)
    mounted.set(target, place)
  }
  for (const [index, tmpfs] of (service.tmpfs ?? []).entries())
    mount(tmpfs.split(':', 1)[0] as string, ['tmpfs', index])
  for (const [index, { target = '' }] of (service.volumes ?? []).entries()) mount(target, ['volumes', index])
}

/** What a service must hold to, in the order in which the reference looks. */
export const serviceRules: readonly ServiceRule[] = [
  hasSource,
  buildIsSound,
  networksExist,
  healthcheckStarts,
  dependenciesExist,
  referencesExist,
  ...deployRules,
  watchHasTargets,
  targetsDiffer,
]
