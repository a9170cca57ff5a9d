import type { DesiredDependency, DesiredService } from '../desired/desired-state.ts'
import type { AwaitCondition } from '../plan/operation.ts'
import type { Replica, Work } from './work.ts'

/** Adds the starts in dependency order, each behind the conditions that its service names. */
export const planStarts = (work: Work): void => {
  const created = work.builder.ids('create')
  work.builder.begin('start')
  const starts = new Map<string, number>()
  const awaits = new Map<string, number>()
  for (const service of work.desired.services) {
    const conditions = work.policy.dependencies
      ? service.dependencies.flatMap((need) => planConditions(work, need, { starts, awaits, created }))
      : []
    for (const replica of work.replicas.get(service.name) ?? []) {
      if (isRunning(replica)) continue
      // Nothing starts before all is created: mounts are shared or not by what the others have.
      const node = startReplica(work, service, replica, [...created, ...conditions])
      starts.set(replica.name, node)
    }
  }
  if (work.policy.wait) planFinalWaits(work, starts, awaits)
}

const isRunning = ({ current, createdBy, stoppedBy }: Replica): boolean =>
  createdBy === undefined && stoppedBy === undefined && current?.state === 'running'

const startReplica = (
  work: Work,
  service: DesiredService,
  replica: Replica,
  needs: readonly number[],
): number => {
  const { name, number, createdBy, stoppedBy, current } = replica
  const resource = `service:${service.name}:${number}`
  const written =
    service.files.length === 0
      ? []
      : [
          work.builder.add(
            {
              kind: 'container.write-files',
              resource,
              cause: 'secrets and configs without a file',
              name,
              files: service.files,
            },
            needs,
          ),
        ]
  const cause =
    createdBy !== undefined ? 'created' : stoppedBy !== undefined ? 'stopped before' : (current?.state ?? '')
  const again = createdBy === undefined && (current?.state === 'paused' || current?.state === 'dead')
  return work.builder.add({ kind: 'container.start', resource, cause, name, ...(again ? { again } : {}) }, [
    ...needs,
    ...written,
  ])
}

interface Started {
  readonly starts: Map<string, number>
  readonly awaits: Map<string, number>
  readonly created: readonly number[]
}

/** The nodes that a dependent's start waits for, one await for each container however many dependents it has. */
const planConditions = (
  work: Work,
  need: DesiredDependency,
  { starts, awaits, created }: Started,
): number[] => {
  const condition = awaitedConditions[need.condition]
  return (work.replicas.get(need.service) ?? []).flatMap((replica) => {
    const started = starts.get(replica.name)
    if (condition === undefined) return started ?? []
    const healthyAlready = condition === 'healthy' && replica.current?.health === 'healthy'
    if (started === undefined && healthyAlready) return []
    const key = `${replica.name} ${condition} ${need.required}`
    const known = awaits.get(key)
    if (known !== undefined) return known
    const node = work.builder.add(
      {
        kind: 'container.await',
        resource: `service:${need.service}:${replica.number}`,
        cause: need.condition,
        name: replica.name,
        condition,
        optional: !need.required,
        service: need.service,
      },
      started === undefined ? created : [started],
    )
    awaits.set(key, node)
    return node
  })
}

const awaitedConditions: Partial<Record<DesiredDependency['condition'], AwaitCondition>> = {
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
}

/** `--wait`: all must run and be healthy, but those that somebody waits to see complete. */
const planFinalWaits = (
  work: Work,
  starts: ReadonlyMap<string, number>,
  awaits: ReadonlyMap<string, number>,
): void => {
  const oneShots = new Set(
    work.desired.services.flatMap(({ dependencies }) =>
      dependencies
        .filter(({ condition }) => condition === 'service_completed_successfully')
        .map(({ service }) => service),
    ),
  )
  for (const { name: service } of work.desired.services)
    for (const replica of work.replicas.get(service) ?? []) {
      const condition = oneShots.has(service) ? 'completed' : 'running_or_healthy'
      if (awaits.has(`${replica.name} ${condition} true`)) continue
      const started = starts.get(replica.name)
      if (started === undefined && isSettled(replica)) continue
      work.builder.add(
        {
          kind: 'container.await',
          resource: `service:${service}:${replica.number}`,
          cause: 'asked to wait',
          name: replica.name,
          condition,
          optional: false,
          service,
        },
        [started],
      )
    }
}

const isSettled = ({ current }: Replica): boolean =>
  current?.state === 'running' && (current.health === 'none' || current.health === 'healthy')
