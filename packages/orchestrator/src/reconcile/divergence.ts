import type { DesiredService } from '../desired/desired-state.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Recreate } from './policy.ts'
import type { Work } from './work.ts'

/**
 * Why a container cannot stay as it is, in words; undefined when it can.
 * The first reason is given: the hash covers most of the others.
 */
export const divergence = (
  work: Work,
  service: DesiredService,
  container: ObservedContainer,
): string | undefined => {
  const remade = [...service.networks, ...service.volumes].find((name) => work.remade.has(name))
  if (remade !== undefined) return `${remade} is made again`
  const owner = service.dependencies.find(
    ({ sharesNamespace, service: name }) =>
      sharesNamespace && work.replicas.get(name)?.some(({ createdBy }) => createdBy !== undefined),
  )
  if (owner !== undefined) return `shares a namespace with ${owner.service}, which is replaced`
  const recreate = recreateOf(work, service.name)
  if (recreate === 'never') return undefined
  if (recreate === 'force') return 'recreation forced'
  if (container.configHash !== service.hash) return service.changes?.join(', ') || 'config hash changed'
  const image = work.observed.images.get(service.image)
  if (image !== undefined && container.labels[imageLabel] !== image.Id)
    return `image ${service.image} changed`
  return missingAttachment(work, service, container)
}

const imageLabel = 'com.docker.compose.image'

const missingAttachment = (
  work: Work,
  service: DesiredService,
  container: ObservedContainer,
): string | undefined => {
  if (container.state === 'running')
    for (const name of service.networks) {
      const ids = (work.observed.networks.get(name) ?? []).map(({ Id }) => Id)
      if (!ids.includes(container.networks[name] ?? '')) return `not connected to network ${name}`
    }
  const mounted = new Set(container.mounts.map(({ Name }) => Name))
  const missing = service.volumes.find((name) => !mounted.has(name))
  return missing === undefined ? undefined : `volume ${missing} is not mounted`
}

const recreateOf = ({ policy }: Work, service: string): Recreate =>
  policy.named.size === 0 || policy.named.has(service) ? policy.recreate : policy.recreateDependencies
