import type { DesiredState } from '../desired/desired-state.ts'
import type { ComposeEvent } from '../events.ts'
import { execute } from '../execute/execute.ts'
import { observeImages } from '../observed/observe.ts'
import { planPulls } from '../reconcile/pulls.ts'
import type { ActionContext } from './context.ts'

export interface PullActionOptions {
  /** Services; empty: all. */
  readonly selected: readonly string[]
  /** `--policy`; undefined: always ask the registry. */
  readonly policy?: string | undefined
  readonly ignoreBuildable: boolean
  readonly ignoreFailures: boolean
}

/** A service whose image no registry has, and that has a `build`. */
export interface ToBuild {
  readonly service: string
  /** What the registry said. */
  readonly reason: string
}

/** Pulls the images of services. Gives those that have to be built. */
export const pullImages = async (
  given: ActionContext,
  desired: DesiredState,
  { selected, policy, ignoreBuildable, ignoreFailures }: PullActionOptions,
): Promise<readonly ToBuild[]> => {
  const toBuild: ToBuild[] = []
  const context = {
    ...given,
    emit: (event: ComposeEvent): void => {
      if (event.type === 'progress' && event.text === 'Warning')
        toBuild.push({ service: event.id, reason: event.status ?? '' })
      given.emit(event)
    },
  }
  const services = desired.services.filter(
    ({ name, build }) =>
      (selected.length === 0 || selected.includes(name)) && !(ignoreBuildable && build !== undefined),
  )
  const images = await observeImages(
    context.client,
    services.map(({ image }) => image),
  )
  for (const { name, build, imageIsDefault } of services)
    if (build !== undefined && imageIsDefault)
      context.emit({
        type: 'progress',
        id: name,
        text: 'Skipped - No image to be pulled',
        state: 'done',
      })
  const override = policy === undefined ? undefined : policy === 'missing' ? 'missing' : 'always'
  const plan = planPulls(
    services.map((service) => ({ ...service, pullPolicy: service.pullPolicy ?? 'always' })),
    images,
    { override, nowMs: context.clock.now() },
  )
  for (const { name, image } of services)
    if (images.has(image) && !plan.some(({ operation }) => isPullFor(operation, name)))
      context.emit({
        type: 'progress',
        id: name,
        text: 'Skipped - Image is already present locally',
        state: 'done',
      })
  if (context.showOnly !== undefined) {
    context.showOnly(plan)
    return []
  }
  const { errors } = await execute(plan, context, { keepGoing: ignoreFailures })
  if (errors.length > 0 && !ignoreFailures) throw errors[0]
  return toBuild
}

const isPullFor = (operation: DesiredOperation, service: string): boolean =>
  operation.kind === 'image.pull' && operation.services.includes(service)

type DesiredOperation = ReturnType<typeof planPulls>[number]['operation']
