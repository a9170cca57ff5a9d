import { UserError } from '@container-compose/core'
import type { DesiredService, Instance, OneOff } from '../desired/desired-state.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import { divergence } from './divergence.ts'
import { type Replica, resourceOf, type Work } from './work.ts'

/** Adds what gives a service the right number of right containers, none of them started. */
export const planService = (work: Work, service: DesiredService): void => {
  if (service.oneOff !== undefined) {
    work.replicas.set(service.name, [oneOff(work, service, service.oneOff)])
    return
  }
  if (service.containerName !== undefined && service.replicas > 1)
    throw new UserError(
      'CONTAINER_NAME_SCALE',
      `WARNING: The "${service.name}" service is using the custom container name "${service.containerName}". Docker requires each container to have a unique name. Remove the custom name to scale the service`,
      { at: service.at },
    )
  const ranked = work
    .containersOf(service.name)
    .map((container) => ({ container, reason: divergence(work, service, container) }))
    .sort(
      (a, b) =>
        Number(a.reason !== undefined) - Number(b.reason !== undefined) ||
        a.container.number - b.container.number,
    )
  const discarded = ranked
    .slice(service.replicas)
    .map(({ container }) => work.discard(container, `scale ${service.name} to ${service.replicas}`))
  const replicas: Replica[] = ranked.slice(0, service.replicas).map(({ container, reason }) => {
    const gone = work.stops.has(container.id) && reason !== undefined && isDiscarded(work, service)
    if (gone) return fresh(work, service, container.number, reason)
    return reason === undefined
      ? keep(work, service, { container, discarded })
      : replace(work, service, { container, reason })
  })
  // Numbers that scaling down has freed are not given again: the next one follows the highest.
  let highest = Math.max(0, ...ranked.map(({ container }) => container.number))
  while (replicas.length < service.replicas) {
    highest += 1
    replicas.push(fresh(work, service, highest, 'no container'))
  }
  work.replicas.set(service.name, replicas)
}

const oneOff = (work: Work, service: DesiredService, made: OneOff): Replica => {
  const instance = { name: made.name, number: 0, image: imageOf(work, service), oneOff: made }
  const createdBy = create(work, service, instance, { cause: 'asked to run' })
  return { name: made.name, number: 0, createdBy }
}

/** Whether the service's containers have been removed because a volume of theirs is made again. */
const isDiscarded = (work: Work, service: DesiredService): boolean =>
  service.volumes.some((name) => work.remade.has(name))

/** A container that still has the temporary name of a replacement which was interrupted gets its lasting one. */
const keep = (
  work: Work,
  service: DesiredService,
  { container, discarded }: { readonly container: ObservedContainer; readonly discarded: readonly number[] },
): Replica => {
  const { number } = container
  const name = nameOf(work, service, number)
  if (!isTemporary(container.name)) return { name: container.name, number, current: container }
  work.builder.add(
    {
      kind: 'container.rename',
      resource: resourceOf(container),
      cause: 'left by an interrupted replacement',
      from: container.name,
      name,
      replaces: container.name,
    },
    discarded,
  )
  return { name, number, current: container }
}

const isTemporary = (name: string): boolean => /^[0-9a-f]{12}_/.test(name)

const nameOf = (work: Work, { containerName, name }: DesiredService, number: number): string =>
  containerName ?? `${work.desired.project}-${name}-${number}`

const fresh = (work: Work, service: DesiredService, number: number, cause: string): Replica => {
  const name = nameOf(work, service, number)
  const createdBy = create(work, service, { name, number, image: imageOf(work, service) }, { cause })
  return { name, number, createdBy }
}

interface Creation {
  readonly cause: string
  readonly replaced?: ObservedContainer
  readonly needs?: readonly number[]
}

const create = (
  work: Work,
  service: DesiredService,
  instance: Instance,
  { cause, replaced, needs = [] }: Creation,
): number => {
  const owners = service.dependencies.filter(({ sharesNamespace }) => sharesNamespace)
  return work.builder.add(
    {
      kind: 'container.create',
      resource: `service:${service.name}:${instance.number}`,
      cause,
      name: instance.name,
      body: service.body(instance),
      platform: service.platform,
      ...(replaced === undefined ? {} : { replaces: replaced.name }),
    },
    [
      ...needs,
      ...[...service.networks, ...service.volumes].map((name) => work.madeBy.get(name)),
      ...owners.flatMap(
        ({ service: owner }) => work.replicas.get(owner)?.map(({ createdBy }) => createdBy) ?? [],
      ),
    ],
  )
}

/**
 * New beside old, then the old one goes and the new one takes its name: when creation fails, the old one still runs.
 * Dependents that want to be restarted with it stop before.
 */
const replace = (
  work: Work,
  service: DesiredService,
  { container, reason }: { readonly container: ObservedContainer; readonly reason: string },
): Replica => {
  const { number } = container
  const name = nameOf(work, service, number)
  const cause = reason
  const dependents = stopDependents(work, service.name)
  const temporaryName = `${container.id.slice(0, 12)}_${name}`
  const created = create(
    work,
    service,
    {
      name: temporaryName,
      number,
      image: imageOf(work, service),
      inherited: inheritedVolumes(work, service, container),
      replaces: service.containerName ?? `${service.name}-${number}`,
    },
    { cause, replaced: container, needs: dependents },
  )
  const resource = resourceOf(container)
  const already = work.stops.get(container.id)
  const stopped =
    already ??
    work.builder.add(
      {
        kind: 'container.stop',
        resource,
        cause: 'replaced by',
        causedBy: created,
        name: container.name,
        id: container.id,
        timeoutSeconds: work.policy.stopTimeoutSeconds,
        replaced: true,
      },
      [created],
    )
  const removed = work.builder.add(
    {
      kind: 'container.remove',
      resource,
      cause: 'replaced by',
      causedBy: created,
      name: container.name,
      id: container.id,
      volumes: false,
      force: false,
      replaced: true,
    },
    [created, stopped],
  )
  const createdBy = work.builder.add(
    {
      kind: 'container.rename',
      resource,
      cause: `takes the place of ${container.id.slice(0, 12)}`,
      from: temporaryName,
      name,
      replaces: container.name,
    },
    [removed],
  )
  return { name, number, current: container, createdBy }
}

const stopDependents = (work: Work, service: string): number[] =>
  work.desired.services
    .filter(({ dependencies }) => dependencies.some((need) => need.service === service && need.restart))
    .flatMap((dependent) =>
      work
        .containersOf(dependent.name)
        .filter(({ state }) => state === 'running')
        .map((container) => work.stop(container, `${service} is replaced`)),
    )

const inheritedVolumes = (
  work: Work,
  service: DesiredService,
  container: ObservedContainer,
): NonNullable<Instance['inherited']> => {
  if (!work.policy.inheritVolumes) return []
  const fromImage = Object.keys(work.observed.images.get(service.image)?.Config?.Volumes ?? {})
  const targets = new Set([...fromImage, ...service.anonymousTargets])
  return container.mounts
    .filter(({ Type, Name, Destination }) => Type === 'volume' && Name && targets.has(Destination))
    .filter(({ Name = '' }) => !service.volumes.includes(Name))
    .map(({ Name = '', Destination, RW }) => ({ name: Name, target: Destination, readOnly: RW === false }))
}

const imageOf = (work: Work, service: DesiredService) => work.observed.images.get(service.image)
