import { type DependencyEntry, label, parseDependencies } from '../labels.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { removalOrder } from './removal-order.ts'
import { resourceOf } from './work.ts'

/** What a service needs, by the label of its first container. */
export const needsOf = (all: readonly ObservedContainer[], service: string): DependencyEntry[] =>
  parseDependencies(all.find((container) => container.service === service)?.labels[label.dependsOn])

/** Starts what does not run of the wanted services, each behind the conditions that its label names. */
export const planStartOfExisting = (all: readonly ObservedContainer[], wanted: ReadonlySet<string>): Plan => {
  const builder = new PlanBuilder()
  const needs = new Map([...wanted].map((service) => [service, needsOf(all, service)]))
  const dependents = new Map([...wanted].map((service) => [service, new Set(names(needs.get(service)))]))
  const starts = new Map<string, number>()
  // The order of removal of the reversed graph is the order of starting.
  for (const service of removalOrder(wanted, dependents)) {
    const conditions = (needs.get(service) ?? []).flatMap(({ service: need, condition }) =>
      all
        .filter((container) => container.service === need)
        .flatMap((container) => {
          const started = starts.get(container.name)
          if (condition === 'service_started') return started ?? []
          return builder.add(
            {
              kind: 'container.await',
              resource: resourceOf(container),
              cause: condition,
              name: container.name,
              condition: condition === 'service_healthy' ? 'healthy' : 'completed',
              optional: false,
              service: need,
            },
            [started],
          )
        }),
    )
    for (const container of all)
      if (container.service === service && container.state !== 'running')
        starts.set(
          container.name,
          builder.add(
            {
              kind: 'container.start',
              resource: resourceOf(container),
              cause: container.state,
              name: container.name,
            },
            conditions,
          ),
        )
  }
  return builder.plan
}

const names = (needs: readonly { readonly service: string }[] = []): string[] =>
  needs.map(({ service }) => service)
