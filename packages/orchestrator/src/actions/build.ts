import type { DesiredState } from '../desired/desired-state.ts'
import type { Plan } from '../plan/operation.ts'
import { type BuildOverrides, planBuilds } from '../reconcile/builds.ts'
import { type ActionContext, executeOrThrow } from './context.ts'

export interface BuildActionOptions extends BuildOverrides {
  /** Services; empty: all. */
  readonly selected: readonly string[]
  /** `--with-dependencies`: those that they need, too. */
  readonly withDependencies: boolean
}

/** The builds of the selected services. @throws UserError `BUILD_CYCLE` */
export const buildPlan = (desired: DesiredState, options: BuildActionOptions): Plan => {
  const { selected, withDependencies, ...overrides } = options
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    selected.length === 0 || withDependencies || selected.includes(name)
  const wishes = desired.services.filter(isWanted).map(({ name }) => ({ service: name, cause: 'asked for' }))
  return planBuilds(desired.builds, wishes, overrides)
}

/** Builds the images of services; those without a build have none to make. */
export const buildImages = (
  context: ActionContext,
  desired: DesiredState,
  options: BuildActionOptions,
): Promise<void> => executeOrThrow(context, buildPlan(desired, options))
