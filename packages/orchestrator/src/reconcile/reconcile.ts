import type { DesiredState } from '../desired/desired-state.ts'
import type { ObservedState } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { planNetworks } from './networks.ts'
import { planOrphans } from './orphans.ts'
import type { Policy } from './policy.ts'
import { planService } from './services.ts'
import { planStarts } from './start.ts'
import { planVolumes } from './volumes.ts'
import { Work } from './work.ts'

export interface Reconciliation {
  readonly plan: Plan
  readonly warnings: readonly string[]
  /** Names of the containers that are right and running already. */
  readonly unchanged: readonly string[]
  /** Names of all containers that the project has when the plan is done, by service. */
  readonly containers: ReadonlyMap<string, readonly string[]>
}

/**
 * What to do so that the observed state becomes the desired one. Pure; equal input gives an equal plan, and an observed
 * state that is as desired gives an empty one.
 *
 * @throws UserError when nothing can make it so (an external network is missing, a custom name for two containers …).
 */
export const reconcile = (desired: DesiredState, observed: ObservedState, policy: Policy): Reconciliation => {
  const work = new Work(desired, observed, policy)
  planNetworks(work)
  planVolumes(work)
  planOrphans(work)
  for (const service of desired.services) planService(work, service)
  markStopped(work)
  if (policy.start) planStarts(work)
  return {
    plan: work.builder.plan,
    warnings: work.warnings,
    unchanged: [...work.replicas.values()]
      .flat()
      .filter(
        ({ current, createdBy, stoppedBy }) =>
          createdBy === undefined && stoppedBy === undefined && current?.state === 'running',
      )
      .map(({ name }) => name)
      .sort(),
    containers: new Map([...work.replicas].map(([service, all]) => [service, all.map(({ name }) => name)])),
  }
}

/** A container may have been stopped for a dependency after its own service was planned. */
const markStopped = (work: Work): void => {
  for (const replica of [...work.replicas.values()].flat()) {
    const node = replica.current === undefined ? undefined : work.stops.get(replica.current.id)
    if (node !== undefined && replica.createdBy === undefined) replica.stoppedBy = node
  }
}
