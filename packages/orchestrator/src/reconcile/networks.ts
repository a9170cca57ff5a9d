import { UserError } from '@container-compose/core'
import type { NetworkDetails } from '../client/api-types.ts'
import type { DesiredNetwork } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import type { Work } from './work.ts'

/** Adds what makes the networks right. Containers on a network that is made again are stopped and will be replaced. */
export const planNetworks = (work: Work): void => {
  for (const network of work.desired.networks) {
    const found = work.observed.networks.get(network.name) ?? []
    if (network.external) checkExternal(network, found)
    else if (found[0] === undefined) create(work, network, 'not found', [])
    else planExisting(work, network, found[0])
  }
}

const create = (work: Work, network: DesiredNetwork, cause: string, needs: readonly number[]): void => {
  const { key, name, body } = network
  const node = work.builder.add(
    { kind: 'network.create', resource: `network:${key}`, cause, name, body },
    needs,
  )
  work.madeBy.set(name, node)
}

const planExisting = (work: Work, network: DesiredNetwork, found: NetworkDetails): void => {
  const labels = found.Labels ?? {}
  const { project } = work.desired
  const external = 'Set `external: true` to use an existing network'
  if (labels[label.project] === undefined) {
    work.warnings.push(
      `a network with name ${network.name} exists but was not created by compose.\n${external}`,
    )
    return
  }
  if (labels[label.project] !== project) {
    work.warnings.push(
      `a network with name ${network.name} exists but was not created for project "${project}".\n${external}`,
    )
    return
  }
  if (labels[label.network] !== network.key)
    throw new UserError(
      'NETWORK_LABEL',
      `network ${network.name} was found but has incorrect label ${label.network} set to "${labels[label.network] ?? ''}" (expected: "${network.key}")`,
      {
        at: network.at,
        hint: `remove it, or give the network another name: docker network rm ${network.name}`,
      },
    )
  const hash = labels[label.configHash]
  if (hash === undefined || hash === network.hash) return
  makeAgain(work, network, found)
}

const makeAgain = (work: Work, network: DesiredNetwork, found: NetworkDetails): void => {
  const cause = `configuration of network ${network.key} changed`
  const resource = `network:${network.key}`
  const attached = work.observed.containers.filter(({ networks }) => networks[network.name] === found.Id)
  work.stopAll(attached, cause)
  const detached = attached.map((container) =>
    work.builder.add(
      {
        kind: 'network.disconnect',
        resource,
        cause: `${container.name} is on it`,
        name: network.name,
        id: found.Id,
        container: container.id,
      },
      [work.stop(container, cause)],
    ),
  )
  const removed = work.builder.add(
    { kind: 'network.remove', resource, cause, name: network.name, id: found.Id },
    detached,
  )
  work.remade.add(network.name)
  create(work, network, cause, [removed])
}

const checkExternal = (network: DesiredNetwork, found: readonly NetworkDetails[]): void => {
  if (found.length === 0)
    throw new UserError(
      'EXTERNAL_NETWORK',
      `network ${network.name} declared as external, but could not be found`,
      { at: network.at, hint: `docker network create ${network.name}` },
    )
  if (found.length > 1)
    throw new UserError(
      'EXTERNAL_NETWORK',
      `multiple networks with name "${network.name}" were found. Use network ID as \`name\` to avoid ambiguity`,
      { at: network.at, hint: 'docker network ls shows the ids' },
    )
}
