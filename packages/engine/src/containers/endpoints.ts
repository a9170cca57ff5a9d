import { ApiError } from '../api/errors.ts'
import { leaseFor } from '../networks/leases.ts'
import type { NetworkDocument } from '../networks/model.ts'
import { primaryFirst } from '../networks/primary.ts'
import type { PublishedPort, SwitchResult } from '../switch/switch.ts'
import type { Container } from './container.ts'
import type { ContainerContext } from './context.ts'
import { portPlans } from './create.ts'
import type { Attachment, Lease } from './model.ts'

type Context = Pick<ContainerContext, 'containers' | 'networks' | 'connectivity' | 'log' | 'events'>

const lastLeased = new Map<string, string>()

/**
 * Leases the addresses of a container at once, and resolves when its links and published ports have been made.
 *
 * @throws ApiError in dockerd's words when an address (at once) or a port is taken. The caller then disconnects.
 */
export const connect = (context: Context, container: Container): Promise<void> => {
  const { networks } = context
  const joined = Object.entries(container.document.networks).map(([name, attachment]) => {
    const network = networks.find(attachment.networkId)
    if (network === undefined) throw new ApiError(404, `network ${name} not found`)
    return { name, network, attachment }
  })
  const leased: Record<string, Attachment> = {}
  for (const { name, network, attachment } of joined) {
    const lease = leaseFor(network, attachment, {
      leases: leasesOf(context, network.id),
      last: lastLeased.get(network.id),
    })
    if (lease.ipv4 !== undefined) lastLeased.set(network.id, lease.ipv4)
    leased[name] = { ...attachment, lease }
  }
  container.update({ networks: leased })
  return joined.length === 0 ? Promise.resolve() : makeLinks(context, container, joined)
}

interface Joined {
  readonly name: string
  readonly network: NetworkDocument
  readonly attachment: Attachment
}

/** Of a container that has its leases. */
const makeLinks = async (
  context: Context,
  container: Container,
  joined: readonly Joined[],
): Promise<void> => {
  const primary = primaryFirst(joined)[0]
  const lease = container.document.networks[primary?.name ?? '']?.lease
  const wanted =
    primary === undefined || lease === undefined || primary.network.internal
      ? []
      : wantedPorts(container, lease)
  await publishPorts(context.connectivity, container, wanted)
  for (const { name, network } of joined) publishConnect(context, container, name, network.id, 'connect')
}

const leasesOf = ({ containers }: Pick<Context, 'containers'>, networkId: string): Lease[] =>
  containers
    .all()
    .flatMap(({ document }) => Object.values(document.networks))
    .flatMap((attachment) =>
      attachment.networkId === networkId && attachment.lease !== undefined ? [attachment.lease] : [],
    )

const wantedPorts = (container: Container, lease: Lease): PublishedPort[] =>
  portPlans(container.document).map((plan) => ({
    ...plan,
    containerId: container.id,
    containerAddress:
      (plan.hostAddress.includes(':') ? lease.ipv6 : undefined) ?? lease.ipv4 ?? lease.ipv6 ?? '',
  }))

/** Binds ports. The switch gives `0.0.0.0` and `::` of one binding the same host port. */
const publishPorts = async (
  connectivity: Context['connectivity'],
  container: Container,
  wanted: readonly PublishedPort[],
): Promise<void> => {
  try {
    connectivity.want(container.id, wanted)
    container.setState({ published: boundPorts(await connectivity.sync(), container, wanted) })
  } finally {
    connectivity.unwant(container.id)
  }
}

/** @throws ApiError 500 in dockerd's words for the first port that could not be bound. */
const boundPorts = (
  result: SwitchResult,
  container: Container,
  wanted: readonly PublishedPort[],
): PublishedPort[] => {
  const hasPlainTwin = ({ hostAddress, containerPort, protocol }: PublishedPort) =>
    hostAddress === '::' &&
    wanted.some(
      (other) =>
        other.hostAddress === '0.0.0.0' &&
        other.containerPort === containerPort &&
        other.protocol === protocol,
    )
  for (const { port, error } of result.unpublished) {
    if (port.containerId !== container.id) continue
    if (error === 'EADDRNOTAVAIL' && hasPlainTwin(port)) continue
    throw portFault(container, port, error)
  }
  return result.published.flatMap(({ boundPort, ...port }) =>
    port.containerId === container.id ? [{ ...port, hostPort: boundPort, hostPortEnd: boundPort }] : [],
  )
}

const portFault = (
  container: Container,
  { hostAddress, hostPort, protocol }: PublishedPort,
  error: 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'EACCES',
): ApiError => {
  const place = `${hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress}:${hostPort}`
  const endpointId = Object.values(container.document.networks)[0]?.endpointId ?? ''
  const reason = {
    EADDRINUSE: `Bind for ${place} failed: port is already allocated`,
    EADDRNOTAVAIL: `failed to bind host port ${place}/${protocol}: cannot assign requested address`,
    EACCES: `failed to bind host port ${place}/${protocol}: permission denied`,
  }[error]
  return new ApiError(
    500,
    `failed to set up container networking: driver failed programming external connectivity on endpoint ${container.name} (${endpointId}): ${reason}`,
  )
}

/** Takes the leases and ports out of the document of a container; the networks that it was connected to. */
export const giveBack = (container: Container): [name: string, Attachment][] => {
  const all = Object.entries(container.document.networks)
  const joined = all.filter(([, { lease }]) => lease !== undefined)
  if (joined.length > 0)
    container.update({
      networks: Object.fromEntries(all.map(([name, { lease: _lease, ...attachment }]) => [name, attachment])),
      state: { ...container.state, published: [] },
    })
  return joined
}

/** Gives back the addresses and ports of a container. What the switch can't do now, the next application does. */
export const disconnect = async (context: Context, container: Container): Promise<void> => {
  const joined = giveBack(container)
  if (joined.length === 0) return
  for (const [name, { networkId }] of joined)
    publishConnect(context, container, name, networkId, 'disconnect')
  await context.connectivity
    .sync()
    .catch((error: unknown) => context.log.error({ err: error, id: container.id }, 'links were not removed'))
}

const publishConnect = (
  { events }: Pick<Context, 'events'>,
  container: Container,
  name: string,
  networkId: string,
  action: 'connect' | 'disconnect',
): void => events.publish('network', action, networkId, { container: container.id, name, type: 'bridge' })
