import type { DesiredState } from '../desired/desired-state.ts'
import { execute } from '../execute/execute.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import type { ActionContext } from './context.ts'

export interface PushActionOptions {
  /** Services; empty: all. */
  readonly selected: readonly string[]
  /** `--include-deps`: those that they need, too. */
  readonly withDependencies: boolean
  readonly ignoreFailures: boolean
}

/** The pushes of the selected services that have a build: each name of each image once. */
export const pushPlan = (
  { services }: DesiredState,
  { selected, withDependencies }: Pick<PushActionOptions, 'selected' | 'withDependencies'>,
): Plan => {
  const builder = new PlanBuilder()
  const wanted = services.filter(
    ({ name }) => selected.length === 0 || withDependencies || selected.includes(name),
  )
  for (const reference of new Set(wanted.flatMap(({ build }) => build?.tags ?? [])))
    builder.add({ kind: 'image.push', resource: `image:${reference}`, cause: 'asked for', reference })
  return builder.plan
}

/** Pushes the images that services build; others are said to be skipped. */
export const pushImages = async (
  context: ActionContext,
  desired: DesiredState,
  options: PushActionOptions,
): Promise<void> => {
  const { selected, ignoreFailures } = options
  for (const { name, build } of desired.services)
    if (build === undefined && (selected.length === 0 || selected.includes(name)))
      context.emit({ type: 'progress', id: name, text: 'Skipped', state: 'done' })
  const { errors } = await execute(pushPlan(desired, options), context, { keepGoing: ignoreFailures })
  if (errors.length > 0 && !ignoreFailures) throw errors[0]
}
