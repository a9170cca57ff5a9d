import { UserError } from '@container-compose/core'
import { label, parseDependencies } from '../labels.ts'
import { observeContainers } from '../observed/observe.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Operation } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { planStop } from '../reconcile/teardown.ts'
import { resourceOf } from '../reconcile/work.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { containersIn, dependentsBy, removalOrder, type Scope } from './scope.ts'

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

export const pause = async (context: ActionContext, scope: Scope): Promise<void> => {
  const containers = containersIn(scope, await observeContainers(context.client, scope.project))
  const running = containers.filter(({ state }) => state === 'running')
  await forEach(context, running, (container) => ({ kind: 'container.pause', ...common(container, 'pause') }))
}

export const unpause = async (context: ActionContext, scope: Scope): Promise<void> => {
  const containers = containersIn(scope, await observeContainers(context.client, scope.project))
  const paused = containers.filter(({ state }) => state === 'paused')
  await forEach(context, paused, (container) => ({
    kind: 'container.unpause',
    ...common(container, 'unpause'),
  }))
}

/**
 * Restarts the scope's containers, in no order but one: containers whose services declare `restart: true` on a restarted
 * one follow it.
 */
export const restart = async (
  context: ActionContext,
  scope: Scope,
  options: { readonly timeoutSeconds?: number | undefined; readonly dependents: boolean },
): Promise<void> => {
  const all = await observeContainers(context.client, scope.project)
  const named = containersIn(scope, all)
  const builder = new PlanBuilder()
  const nodes = new Map<string, number[]>()
  const add = (container: ObservedContainer, needs: readonly number[]): void => {
    const node = builder.add(
      {
        kind: 'container.restart',
        ...common(container, 'restart'),
        timeoutSeconds: options.timeoutSeconds,
      },
      needs,
    )
    nodes.set(container.service, [...(nodes.get(container.service) ?? []), node])
  }
  const followers = all.filter(
    (container) => !container.oneOff && restartsWith(container).some((name) => isIn(named, name)),
  )
  const waiting = options.dependents ? followers : []
  for (const container of named) if (!waiting.includes(container)) add(container, [])
  for (const container of waiting)
    add(
      container,
      restartsWith(container).flatMap((name) => nodes.get(name) ?? []),
    )
  await executeOrThrow(context, builder.plan, { keepGoing: true })
}

const isIn = (containers: readonly ObservedContainer[], service: string): boolean =>
  containers.some((container) => container.service === service)

const restartsWith = ({ labels }: ObservedContainer): string[] =>
  parseDependencies(labels[label.dependsOn])
    .filter((entry) => entry.restart)
    .map(({ service }) => service)

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

/** @throws UserError `NO_CONTAINER` */
export const noContainerToStart = (service: string): UserError =>
  new UserError('NO_CONTAINER', `service "${service}" has no container to start`, {
    hint: `container-compose up -d ${service}`,
  })
