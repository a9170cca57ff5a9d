import type { DesiredState } from '../desired/desired-state.ts'
import { observe, observeImages } from '../observed/observe.ts'
import type { ObservedState } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import type { Policy } from '../reconcile/policy.ts'
import { checkImages, planPulls } from '../reconcile/pulls.ts'
import { type Reconciliation, reconcile } from '../reconcile/reconcile.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { explain } from './explain.ts'

export interface PrepareOptions {
  readonly policy: Policy
  /** `--pull` */
  readonly pull?: string | undefined
}

export interface Prepared {
  readonly observed: ObservedState
  readonly reconciliation: Reconciliation
}

/** Observes, pulls what is to be pulled, and plans the rest. */
export const prepare = async (
  context: ActionContext,
  desired: DesiredState,
  { policy, pull }: PrepareOptions,
): Promise<Prepared> => {
  const before = await observe(context.client, desired)
  const pulls = pullsOf(context, desired, before, pull)
  const observed = pulls.length === 0 ? before : await afterPulls(context, desired, { before, pulls })
  checkImages(desired.services, observed.images)
  return { observed, reconciliation: reconcile(desired, observed, policy) }
}

const pullsOf = (
  { clock }: ActionContext,
  desired: DesiredState,
  observed: ObservedState,
  override: string | undefined,
): Plan => planPulls(desired.services, observed.images, { override, nowMs: clock.now() })

const afterPulls = async (
  context: ActionContext,
  desired: DesiredState,
  { before, pulls }: { readonly before: ObservedState; readonly pulls: Plan },
): Promise<ObservedState> => {
  await executeOrThrow(context, pulls)
  const images = await observeImages(
    context.client,
    desired.services.map(({ image }) => image),
  )
  return { ...before, images }
}

/** The plan that `up` would execute, with reasons found by looking at each container that is to be replaced. */
export const previewPlan = async (
  context: ActionContext,
  desired: DesiredState,
  { policy, pull }: PrepareOptions,
): Promise<{ readonly pulls: Plan; readonly reconciliation: Reconciliation }> => {
  const observed = await observe(context.client, desired)
  const pulls = pullsOf(context, desired, observed, pull)
  const explained = await explain(context.client, desired, observed)
  return { pulls, reconciliation: reconcile(explained, observed, policy) }
}
