import { dependencyOrder } from '@container-compose/core'
import type { DesiredService, DesiredState } from '../desired/desired-state.ts'
import type { ObservedContainer, ObservedState } from '../observed/observed-state.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import type { Policy } from './policy.ts'

/** One container that will exist when the plan is done. */
export interface Replica {
  readonly name: string
  readonly number: number
  /** What stands there now; absent when it is created from nothing. */
  readonly current?: ObservedContainer
  /** The node that brings it into being under its name; absent when it is left alone. */
  createdBy?: number
  /** The node that stops it for the sake of a dependency: it must be started again. */
  stoppedBy?: number
}

/** The state of one reconciliation while its parts add to the plan. */
export class Work {
  readonly desired: DesiredState
  readonly observed: ObservedState
  readonly policy: Policy
  readonly builder = new PlanBuilder()
  readonly warnings: string[] = []
  /** Nodes that make (or make again) a network or volume, by its name. */
  readonly madeBy = new Map<string, number>()
  /** Names of networks and volumes that are made again: whoever uses them must be replaced. */
  readonly remade = new Set<string>()
  /** Nodes that stop a container, by its id, so that nobody stops it twice. */
  readonly stops = new Map<string, number>()
  readonly replicas = new Map<string, Replica[]>()
  readonly #removals = new Map<string, number>()

  constructor(desired: DesiredState, observed: ObservedState, policy: Policy) {
    this.desired = desired
    this.observed = observed
    this.policy = policy
  }

  service(name: string): DesiredService | undefined {
    return this.desired.services.find((service) => service.name === name)
  }

  /** The service's own containers, up to date ones and low numbers first where `compare` says so. */
  containersOf(service: string): ObservedContainer[] {
    return this.observed.containers.filter((container) => container.service === service && !container.oneOff)
  }

  /** Stops a container once, however many reasons there are. Gives the node. */
  stop(
    container: ObservedContainer,
    cause: string,
    { needs = [], ...options }: { readonly replaced?: boolean; readonly needs?: readonly number[] } = {},
  ): number {
    const before = this.stops.get(container.id)
    if (before !== undefined) return before
    const node = this.builder.add(
      {
        kind: 'container.stop',
        resource: resourceOf(container),
        cause,
        name: container.name,
        id: container.id,
        timeoutSeconds: this.policy.stopTimeoutSeconds,
        ...options,
      },
      needs,
    )
    this.stops.set(container.id, node)
    return node
  }

  /** Stops containers, each after those of them whose services need its own. */
  stopAll(containers: readonly ObservedContainer[], cause: string): void {
    const needs = new Map(
      this.desired.services.map(({ name, dependencies }) => [
        name,
        dependencies.map(({ service }) => service),
      ]),
    )
    const rank = new Map([...dependencyOrder(needs)].reverse().map((service, index) => [service, index]))
    const byRank = [...containers].sort((a, b) => (rank.get(a.service) ?? -1) - (rank.get(b.service) ?? -1))
    for (const container of byRank) {
      const dependents = byRank.filter(({ service }) => needs.get(service)?.includes(container.service))
      const before = dependents.flatMap(({ id }) => this.stops.get(id) ?? [])
      this.stop(container, cause, { needs: before })
    }
  }

  /** Stops and removes a container that nothing replaces. */
  discard(container: ObservedContainer, cause: string): number {
    const before = this.#removals.get(container.id)
    if (before !== undefined) return before
    const stopped = this.stop(container, cause)
    const node = this.builder.add(
      {
        kind: 'container.remove',
        resource: resourceOf(container),
        cause,
        name: container.name,
        id: container.id,
        volumes: false,
        force: true,
      },
      [stopped],
    )
    this.#removals.set(container.id, node)
    return node
  }
}

export const resourceOf = ({ service, number, name }: ObservedContainer): string =>
  number > 0 ? `service:${service}:${number}` : `container:${name}`
