import type { NetworkDetails, VolumeDetails } from '../client/api-types.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { PlanBuilder } from '../plan/plan-builder.ts'
import { resourceOf } from './work.ts'

export interface Teardown {
  /** Services in the order in which they go, dependents first. */
  readonly order: readonly string[]
  readonly dependents: ReadonlyMap<string, ReadonlySet<string>>
  readonly containers: readonly ObservedContainer[]
  readonly timeoutSeconds?: number | undefined
}

/** Stops containers, each after those of the services that need its own; stopped ones are asked again, as Docker Compose does. */
export const planStop = (teardown: Teardown, cause = 'asked to stop'): Plan =>
  planReverse(new PlanBuilder(), teardown, { cause, remove: false }).plan

export interface Down extends Teardown {
  readonly networks: readonly NetworkDetails[]
  readonly volumes: readonly VolumeDetails[]
  /** References of images. */
  readonly images: readonly string[]
  /** Whether volumes without a name go with their containers. */
  readonly removeVolumes: boolean
}

/** Stops and removes containers dependents first, then networks, volumes and images side by side. */
export const planDown = (down: Down): Plan => {
  const builder = new PlanBuilder()
  planReverse(builder, down, { cause: 'asked to go down', remove: true, volumes: down.removeVolumes })
  const gone = builder.ids('create')
  const cause = 'asked to go down'
  for (const { Name, Id } of down.networks)
    builder.add(
      { kind: 'network.remove', resource: `network:${Name}`, cause, name: Name, id: Id, unlessUsed: true },
      gone,
    )
  for (const { Name } of down.volumes)
    builder.add(
      {
        kind: 'volume.remove',
        resource: `volume:${Name}`,
        cause,
        name: Name,
        risk: 'data-loss',
        unlessUsed: true,
      },
      gone,
    )
  for (const reference of down.images)
    builder.add(
      { kind: 'image.remove', resource: `image:${reference}`, cause, reference, unlessUsed: true },
      gone,
    )
  return builder.plan
}

interface Reverse {
  readonly cause: string
  readonly remove: boolean
  readonly volumes?: boolean
}

const planReverse = (
  builder: PlanBuilder,
  { order, dependents, containers, timeoutSeconds }: Teardown,
  { cause, remove, volumes = false }: Reverse,
): PlanBuilder => {
  const lastNodes = new Map<string, number[]>()
  for (const service of order) {
    const needs = [...(dependents.get(service) ?? [])].flatMap((name) => lastNodes.get(name) ?? [])
    const last = containers
      .filter((container) => container.service === service)
      .map((container) => {
        const { id, name } = container
        const resource = resourceOf(container)
        const stopped = builder.add(
          { kind: 'container.stop', resource, cause, name, id, timeoutSeconds },
          needs,
        )
        if (!remove) return stopped
        return builder.add({ kind: 'container.remove', resource, cause, name, id, volumes, force: true }, [
          stopped,
        ])
      })
    // A service without containers passes its dependents' nodes on.
    lastNodes.set(service, last.length > 0 ? last : needs)
  }
  return builder
}
