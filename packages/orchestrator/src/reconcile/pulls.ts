import type { ImageDetails } from '../client/api-types.ts'
import type { DesiredService, DesiredState } from '../desired/desired-state.ts'
import { nanoseconds } from '../desired/values.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'

export interface PullPolicy {
  /** `--pull`: overrides what the services say. */
  readonly override?: string | undefined
  /** Milliseconds since the epoch, for policies that count days. */
  readonly nowMs: number
}

/** The pulls that the services' policies ask for, one for each image; they come before everything else. */
export const planPulls = (
  services: DesiredState['services'],
  images: ReadonlyMap<string, ImageDetails>,
  policy: PullPolicy,
): Plan => {
  const wanted = new Map<string, { cause: string; services: DesiredService[] }>()
  for (const service of services) {
    const cause = pullCause(service, images.get(service.image), policy)
    if (cause === undefined) continue
    const key = `${service.image} ${service.platform ?? ''}`
    const known = wanted.get(key) ?? { cause, services: [] }
    known.services.push(service)
    wanted.set(key, known)
  }
  const builder = new PlanBuilder()
  for (const { cause, services: users } of wanted.values()) {
    const [first] = users
    if (first === undefined) continue
    builder.add({
      kind: 'image.pull',
      resource: `image:${first.image}`,
      cause,
      reference: first.image,
      platform: first.platform,
      services: users.map(({ name }) => name),
      optional: users.some(({ build }) => build !== undefined),
    })
  }
  return builder.plan
}

const pullCause = (
  service: DesiredService,
  image: ImageDetails | undefined,
  { override, nowMs }: PullPolicy,
): string | undefined => {
  const policy = override ?? service.pullPolicy ?? 'missing'
  if (policy === 'never' || policy === 'build') return undefined
  // Nobody has an image under the name that only a build gives.
  if (service.build !== undefined && service.imageIsDefault) return undefined
  if (policy === 'always') return 'pull policy always'
  if (image === undefined) return 'image not present'
  const maximumAge = maximumAgeMs(policy)
  const tagged = Date.parse(image.Metadata?.LastTagTime ?? '')
  return maximumAge !== undefined && nowMs - tagged > maximumAge ? `image is older than ${policy}` : undefined
}

/** `daily`, `weekly`, `every_<duration>`; days and weeks as `3d` and `2w` too. */
const maximumAgeMs = (policy: string): number | undefined => {
  if (policy === 'daily') return dayMs
  if (policy === 'weekly') return 7 * dayMs
  const [, duration] = /^every_(.*)$/.exec(policy) ?? []
  if (duration === undefined) return undefined
  const [, count, unit] = /^(\d+)([dw])$/.exec(duration) ?? []
  if (count !== undefined) return Number(count) * (unit === 'w' ? 7 : 1) * dayMs
  return (nanoseconds(duration) ?? 0) / 1e6
}

const dayMs = 24 * 3600 * 1000
