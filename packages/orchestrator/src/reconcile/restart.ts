import { type DependencyEntry, label, parseDependencies } from '../labels.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { resourceOf } from './work.ts'

export interface RestartOptions {
  readonly timeoutSeconds?: number | undefined
  /** Whether containers that want it are restarted with those that they need. */
  readonly dependents: boolean
  /** Our engine starts the process again in the machine that runs; others know no difference. */
  readonly hot?: boolean
}

/**
 * Restarts `named` side by side. Containers whose services declare `restart: true` on one of them follow, behind the condition
 * that they name.
 */
export const planRestart = (
  all: readonly ObservedContainer[],
  named: readonly ObservedContainer[],
  { timeoutSeconds, dependents, hot = false }: RestartOptions,
): Plan => {
  const builder = new PlanBuilder()
  const restarted = new Map<
    string,
    readonly { readonly container: ObservedContainer; readonly node: number }[]
  >()
  const add = (container: ObservedContainer, needs: readonly number[]): void => {
    const { service, id, name } = container
    const cause = needs.length > 0 ? 'restarts with what it needs' : 'asked to restart'
    const node = builder.add(
      { kind: 'container.restart', resource: resourceOf(container), cause, name, id, timeoutSeconds, hot },
      needs,
    )
    restarted.set(service, [...(restarted.get(service) ?? []), { container, node }])
  }
  const services = new Set(named.map(({ service }) => service))
  const followers = dependents
    ? all.filter(
        (container) =>
          !container.oneOff && restartsWith(container).some(({ service }) => services.has(service)),
      )
    : []
  for (const container of named) if (!followers.includes(container)) add(container, [])
  const awaits = new Map<string, number>()
  for (const container of followers) {
    const needs = restartsWith(container).flatMap(({ service, condition }) =>
      (restarted.get(service) ?? []).map(({ container: needed, node }) => {
        if (condition !== 'service_healthy') return node
        const known = awaits.get(needed.name)
        if (known !== undefined) return known
        const awaited = builder.add(
          {
            kind: 'container.await',
            resource: resourceOf(needed),
            cause: condition,
            name: needed.name,
            condition: 'healthy',
            optional: false,
            service,
          },
          [node],
        )
        awaits.set(needed.name, awaited)
        return awaited
      }),
    )
    add(container, needs)
  }
  return builder.plan
}

const restartsWith = ({ labels }: ObservedContainer): DependencyEntry[] =>
  parseDependencies(labels[label.dependsOn]).filter(({ restart }) => restart)
