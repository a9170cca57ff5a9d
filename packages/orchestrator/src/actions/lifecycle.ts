import { observeContainers } from '../observed/observe.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Operation } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { removalOrder } from '../reconcile/removal-order.ts'
import { planRestart, type RestartOptions } from '../reconcile/restart.ts'
import { planStop } from '../reconcile/teardown.ts'
import { resourceOf } from '../reconcile/work.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { containersIn, dependentsBy, type Scope } from './scope.ts'

/** Stops the scope's containers, dependents first. */
export const stop = async (
  context: ActionContext,
  scope: Scope,
  { timeoutSeconds }: { readonly timeoutSeconds?: number | undefined } = {},
): Promise<void> => {
  const all = await observeContainers(context.client, scope.project)
  const containers = containersIn(scope, all)
  const dependents = dependentsBy(scope, all)
  const order = removalOrder(new Set(containers.map(({ service }) => service)), dependents)
  await executeOrThrow(context, planStop({ order, dependents, containers, timeoutSeconds }), {
    keepGoing: true,
  })
}

type Simple = Extract<Operation, { kind: `container.${'kill' | 'pause' | 'unpause'}` }>

/** One operation for each container, side by side, in no order. */
const forEach = (
  context: ActionContext,
  containers: readonly ObservedContainer[],
  operation: (container: ObservedContainer) => Simple,
): Promise<void> => {
  const builder = new PlanBuilder()
  for (const container of containers) builder.add(operation(container))
  return executeOrThrow(context, builder.plan, { keepGoing: true })
}

const common = (container: ObservedContainer, verb: string) => ({
  resource: resourceOf(container),
  cause: `asked to ${verb}`,
  name: container.name,
  id: container.id,
})

/** Kills the running containers, one-offs too. Gives false when there was none. */
export const kill = async (
  context: ActionContext,
  scope: Scope,
  { signal, orphans }: { readonly signal: string; readonly orphans: boolean },
): Promise<boolean> => {
  const all = await observeContainers(context.client, scope.project)
  const ours = orphans ? all : containersIn(scope, all, { oneOffs: true })
  const running = ours.filter(({ state }) => state === 'running' || state === 'paused')
  await forEach(context, running, (container) => ({
    kind: 'container.kill',
    ...common(container, 'kill'),
    signal,
  }))
  return running.length > 0
}

/** Pauses what runs. The engine refuses what is paused already. */
export const pause = async (context: ActionContext, scope: Scope): Promise<void> =>
  forEach(context, await runningIn(context, scope), (container) => ({
    kind: 'container.pause',
    ...common(container, 'pause'),
  }))

export const unpause = async (context: ActionContext, scope: Scope): Promise<void> =>
  forEach(context, await runningIn(context, scope), (container) => ({
    kind: 'container.unpause',
    ...common(container, 'unpause'),
  }))

const runningIn = async ({ client }: ActionContext, scope: Scope): Promise<ObservedContainer[]> =>
  containersIn(scope, await observeContainers(client, scope.project)).filter(
    ({ state }) => state === 'running' || state === 'paused',
  )

/** Restarts the scope's containers, see `planRestart`. */
export const restart = async (
  context: ActionContext,
  scope: Scope,
  options: RestartOptions,
): Promise<void> => {
  const all = await observeContainers(context.client, scope.project)
  await executeOrThrow(context, planRestart(all, containersIn(scope, all), options), { keepGoing: true })
}

/** The stopped containers of the scope, or all of them when they are to be stopped first. */
export const removable = async (
  { client }: ActionContext,
  scope: Scope,
  { running }: { readonly running: boolean },
): Promise<ObservedContainer[]> =>
  containersIn(scope, await observeContainers(client, scope.project), { oneOffs: true }).filter(
    ({ state }) => running || (state !== 'running' && state !== 'paused' && state !== 'restarting'),
  )

/** Removes these containers; running ones only with `force`. */
export const remove = async (
  context: ActionContext,
  containers: readonly ObservedContainer[],
  { volumes, force }: { readonly volumes: boolean; readonly force: boolean },
): Promise<void> => {
  const builder = new PlanBuilder()
  for (const container of containers)
    builder.add({ kind: 'container.remove', ...common(container, 'remove'), volumes, force })
  await executeOrThrow(context, builder.plan, { keepGoing: true })
}
