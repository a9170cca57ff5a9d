import { UserError, UserErrors } from '@container-compose/core'
import type { ImageDetails } from '../client/api-types.ts'
import type { AdditionalContext, DesiredBuild } from '../desired/desired-build.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'

/** What the command line adds to the builds. */
export interface BuildOverrides {
  readonly args?: Readonly<Record<string, string>>
  readonly noCache?: boolean
  readonly pull?: boolean
  /** Bytes that a step may use. */
  readonly memory?: number | undefined
  readonly ssh?: DesiredBuild['ssh']
}

export interface BuildWish {
  readonly service: string
  /** Why, in words. */
  readonly cause: string
}

/**
 * The builds of these services, and of those whose images they are made from. Services that declare the same build share one,
 * which gives the image all their names; a build waits for those that it takes from.
 *
 * @throws UserError `BUILD_CYCLE`; UserError or UserErrors `UNSUPPORTED_KEY`
 */
export const planBuilds = (
  builds: DesiredState['builds'],
  wishes: readonly BuildWish[],
  overrides: BuildOverrides = {},
): Plan => {
  const causes = new Map(wishes.map(({ service, cause }) => [service, cause]))
  const groups = new Map<string, DesiredBuild[]>()
  const begun = new Set<string>()
  const finished = new Set<string>()
  const visit = (service: string, cause: string): void => {
    const build = builds.get(service)
    if (build === undefined || finished.has(service)) return
    if (begun.has(service)) throw cycle(service, build)
    begun.add(service)
    causes.set(service, causes.get(service) ?? cause)
    for (const needed of servicesOf(build)) visit(needed, `${service} is made from it`)
    finished.add(service)
    const key = sameness(build)
    groups.set(key, [...(groups.get(key) ?? []), build])
  }
  for (const { service, cause } of wishes) visit(service, cause)
  refuse([...groups.values()].flat())
  const builder = new PlanBuilder()
  const nodes = new Map<string, number>()
  for (const group of groups.values()) {
    const [first] = group
    const [reference] = first?.tags ?? []
    if (first === undefined || reference === undefined) continue
    const node = builder.add(
      {
        kind: 'image.build',
        resource: `image:${reference}`,
        cause: causes.get(first.service) ?? '',
        reference,
        services: group.map(({ service }) => service),
        build: overridden({ ...first, tags: [...new Set(group.flatMap(({ tags }) => tags))] }, overrides),
        contextImages: imagesOf(first, builds),
        memory: overrides.memory,
      },
      servicesOf(first).map((needed) => nodes.get(needed)),
    )
    for (const { service } of group) nodes.set(service, node)
  }
  return builder.plan
}

/** The services that must be built before anything is created. */
export const wantedBuilds = (
  { services }: Pick<DesiredState, 'services'>,
  images: ReadonlyMap<string, ImageDetails>,
  { always, pull }: { readonly always: boolean; readonly pull: string | undefined },
): BuildWish[] =>
  services.flatMap(({ name, image, build, pullPolicy }) => {
    if (build === undefined) return []
    if (always) return [{ service: name, cause: '--build' }]
    if ((pull ?? pullPolicy) === 'build') return [{ service: name, cause: 'pull policy build' }]
    return images.has(image) ? [] : [{ service: name, cause: 'image not present' }]
  })

const refuse = (builds: readonly DesiredBuild[]): void => {
  const refusals = builds.flatMap((build) => build.refusals)
  if (refusals.length === 1) throw refusals[0]
  if (refusals.length > 1) throw new UserErrors(refusals)
}

const isOfService = (
  context: AdditionalContext,
): context is Extract<AdditionalContext, { kind: 'service' }> => context.kind === 'service'

const servicesOf = ({ contexts }: DesiredBuild): string[] =>
  Object.values(contexts)
    .filter(isOfService)
    .map(({ service }) => service)

/** The images that names in the Dockerfile stand for. */
const imagesOf = (build: DesiredBuild, builds: DesiredState['builds']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(build.contexts).flatMap(([name, context]) => {
      if (context.kind === 'image') return [[name, context.reference]]
      const reference = isOfService(context) ? builds.get(context.service)?.tags[0] : undefined
      return reference === undefined ? [] : [[name, reference]]
    }),
  )

const overridden = (
  build: DesiredBuild,
  { args = {}, noCache = false, pull = false, ssh = {} }: BuildOverrides,
): DesiredBuild => ({
  ...build,
  args: { ...build.args, ...args },
  noCache: build.noCache || noCache,
  pull: build.pull || pull,
  ssh: { ...build.ssh, ...ssh },
})

/** Equal for builds that make the same image under other names. */
const sameness = (build: DesiredBuild): string => {
  const own = Object.entries(build.labels).filter(([name]) => !name.startsWith('com.docker.compose.'))
  const secrets = build.secrets.map(({ id, source }) => ({ id, source }))
  const differing = { service: '', tags: [], at: undefined, hints: [] }
  return JSON.stringify({
    ...build,
    ...differing,
    labels: own,
    secrets,
    dockerfile: { ...build.dockerfile, at: '' },
  })
}

const cycle = (service: string, { at }: DesiredBuild): UserError =>
  new UserError('BUILD_CYCLE', `service "${service}" is built from an image that is built from its own`, {
    at,
    hint: 'remove one of the `service:` entries of additional_contexts',
  })
