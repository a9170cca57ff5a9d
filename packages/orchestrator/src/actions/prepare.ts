import type { DesiredState } from '../desired/desired-state.ts'
import { observe, observeImages } from '../observed/observe.ts'
import type { ObservedState } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { after } from '../plan/plan-builder.ts'
import { planBuilds, wantedBuilds } from '../reconcile/builds.ts'
import type { Policy } from '../reconcile/policy.ts'
import { planPulls } from '../reconcile/pulls.ts'
import { type Reconciliation, reconcile } from '../reconcile/reconcile.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { explain } from './explain.ts'

export interface PrepareOptions {
  readonly policy: Policy
  /** `--pull` */
  readonly pull?: string | undefined
  /** `always`: `--build`; `never`: `--no-build`; `missing` (the default): what is not there, and what a policy asks for. */
  readonly build?: 'always' | 'missing' | 'never'
}

export interface Prepared {
  readonly observed: ObservedState
  readonly reconciliation: Reconciliation
}

/** Observes, pulls and builds the images that are to be, and plans the rest. */
export const prepare = async (
  context: ActionContext,
  desired: DesiredState,
  { policy, pull, build = 'missing' }: PrepareOptions,
): Promise<Prepared> => {
  const before = await observe(context.client, desired)
  const pulled = await afterImages(context, desired, before, pullsOf(context, desired, before, pull))
  const observed = await afterImages(context, desired, pulled, buildsOf(desired, pulled, { build, pull }))
  return { observed, reconciliation: reconcile(desired, observed, policy) }
}

const buildsOf = (
  desired: DesiredState,
  { images }: ObservedState,
  { build, pull }: { readonly build: PrepareOptions['build']; readonly pull: string | undefined },
): Plan =>
  build === 'never'
    ? []
    : planBuilds(desired.builds, wantedBuilds(desired, images, { always: build === 'always', pull }))

const pullsOf = (
  { clock }: ActionContext,
  desired: DesiredState,
  observed: ObservedState,
  override: string | undefined,
): Plan => planPulls(desired.services, observed.images, { override, nowMs: clock.now() })

/** What is observed when a plan that brings images is done. */
const afterImages = async (
  context: ActionContext,
  desired: DesiredState,
  before: ObservedState,
  plan: Plan,
): Promise<ObservedState> => {
  if (plan.length === 0) return before
  await executeOrThrow(context, plan)
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
  { policy, pull, build = 'missing' }: PrepareOptions,
): Promise<{ readonly images: Plan; readonly reconciliation: Reconciliation }> => {
  const observed = await observe(context.client, desired)
  const pulls = pullsOf(context, desired, observed, pull)
  // What is pulled first is not built when that works: whether it does, only a pull can tell.
  const builds = buildsOf(desired, observed, { build, pull })
  const explained = await explain(context.client, desired, observed)
  return { images: after(pulls, builds), reconciliation: reconcile(explained, observed, policy) }
}
