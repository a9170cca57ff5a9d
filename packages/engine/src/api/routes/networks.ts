import { parseSubnet } from '@container-compose/net'
import type { Container } from '../../containers/container.ts'
import { publish } from '../../containers/container-events.ts'
import { newAttachment } from '../../containers/create.ts'
import { parseAttachment } from '../../containers/create-request.ts'
import { untilFilter } from '../../containers/prune.ts'
import { rfc3339 } from '../../containers/time.ts'
import { parseNetworkRequest } from '../../networks/create-request.ts'
import type { NetworkDocument } from '../../networks/model.ts'
import { readJson, sendJson, sendStatus } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import { ApiError, notImplemented } from '../errors.ts'
import { booleanFilter, type Filters, fitsLabels, fitsName, fitsOne, parseFilters } from '../filters.ts'
import type { Call, Route } from '../router.ts'
import { Shape } from '../shape.ts'

export const networkRoutes = (engine: EngineContext): Route[] => {
  const { networks } = engine
  const ofNetwork = ({ params }: Call) => networks.get(params['id'] ?? '')
  return [
    {
      method: 'GET',
      path: '/networks',
      handler: (call) => {
        const filters = parseFilters(call.query.get('filters'), networkFilterNames)
        const found = networks.list().filter((network) => fits(engine, network, filters))
        sendJson(call, 200, found.map(inspect))
      },
    },
    {
      method: 'POST',
      path: '/networks/create',
      handler: async (call) => {
        const request = parseNetworkRequest(new Shape(await readJson(call.request)))
        sendJson(call, 201, { Id: networks.create(request).id, Warning: '' })
      },
    },
    {
      method: 'POST',
      path: '/networks/prune',
      handler: async (call) => sendJson(call, 200, await prune(engine, call.query.get('filters'))),
    },
    {
      method: 'GET',
      path: '/networks/:id',
      handler: (call) => {
        const network = ofNetwork(call)
        sendJson(call, 200, { ...inspect(network), Containers: endpoints(engine, network) })
      },
    },
    {
      method: 'DELETE',
      path: '/networks/:id',
      handler: async (call) => {
        await remove(engine, ofNetwork(call))
        sendStatus(call, 204)
      },
    },
    {
      method: 'POST',
      path: '/networks/:id/connect',
      handler: (call) => connect(engine, ofNetwork(call), call),
    },
    {
      method: 'POST',
      path: '/networks/:id/disconnect',
      handler: (call) => disconnect(engine, ofNetwork(call), call),
    },
  ]
}

const networkFilterNames = ['dangling', 'driver', 'id', 'label', 'label!', 'name', 'scope', 'type']

const fits = (engine: EngineContext, network: NetworkDocument, filters: Filters): boolean => {
  const dangling = booleanFilter(filters, 'dangling')
  return (
    fitsOne(filters, 'name', (value) => fitsName(value, network.name)) &&
    fitsOne(filters, 'id', (value) => network.id.startsWith(value)) &&
    fitsOne(filters, 'driver', (value) => value === network.driver) &&
    fitsOne(filters, 'scope', (value) => value === 'local') &&
    fitsOne(filters, 'type', (value) => value === (network.predefined ? 'builtin' : 'custom')) &&
    fitsLabels(filters, network.labels) &&
    (dangling === undefined ||
      dangling === (!network.predefined && members(engine, network, () => true).length === 0))
  )
}

const inspect = (network: NetworkDocument) => ({
  Name: network.name,
  Id: network.id,
  Created: rfc3339(network.created),
  Scope: 'local',
  Driver: network.driver,
  EnableIPv4: network.enableIpv4,
  EnableIPv6: network.enableIpv6,
  IPAM: {
    Driver: 'default',
    Options: Object.keys(network.ipamOptions).length > 0 ? network.ipamOptions : null,
    Config: network.subnets.map(({ subnet, gateway, ipRange, auxAddresses }) => ({
      Subnet: subnet,
      ...(ipRange !== undefined && { IPRange: ipRange }),
      Gateway: gateway,
      ...(auxAddresses !== undefined && { AuxiliaryAddresses: auxAddresses }),
    })),
  },
  Internal: network.internal,
  Attachable: network.attachable,
  Ingress: false,
  ConfigFrom: { Network: '' },
  ConfigOnly: false,
  Containers: {},
  Options: network.options,
  Labels: network.labels,
})

const members = (
  { containers }: EngineContext,
  { id }: NetworkDocument,
  counts: (container: Container) => boolean,
) =>
  containers.all().flatMap((container) => {
    const attachment = Object.values(container.document.networks).find(({ networkId }) => networkId === id)
    return attachment === undefined || !counts(container) ? [] : [{ container, attachment }]
  })

/** Only running containers have endpoints, as in Docker. */
const endpoints = (engine: EngineContext, network: NetworkDocument) =>
  Object.fromEntries(
    members(engine, network, ({ isUp }) => isUp).map(({ container, attachment: { lease, endpointId } }) => {
      const prefixed = (address: string | undefined, family: 4 | 6) => {
        const subnet = network.subnets
          .map(({ subnet: text }) => parseSubnet(text))
          .find(({ network: base }) => base.family === family)
        return address === undefined || subnet === undefined ? '' : `${address}/${subnet.prefix}`
      }
      const endpoint = {
        Name: container.name,
        EndpointID: endpointId,
        MacAddress: lease?.mac ?? '',
        IPv4Address: prefixed(lease?.ipv4, 4),
        IPv6Address: prefixed(lease?.ipv6, 6),
      }
      return [container.id, endpoint]
    }),
  )

/** A network goes when no container runs on it; stopped ones do not hold it, as in Docker. */
const remove = async (engine: EngineContext, network: NetworkDocument): Promise<void> => {
  const users = members(engine, network, ({ isUp, state }) => isUp || state.status === 'starting')
  engine.networks.remove(
    network,
    users.map(({ container, attachment }) => ({ name: container.name, endpointId: attachment.endpointId })),
  )
  await engine.connectivity.refresh()
}

const prune = async (engine: EngineContext, filterText: string | null) => {
  const filters = parseFilters(filterText, ['label', 'label!', 'until'])
  const until = untilFilter(filters, engine.clock.now())
  const unused = engine.networks
    .list()
    .filter(
      (network) =>
        !network.predefined &&
        network.created <= until &&
        fitsLabels(filters, network.labels) &&
        members(engine, network, () => true).length === 0,
    )
  for (const network of unused) engine.networks.remove(network, [])
  if (unused.length > 0) await engine.connectivity.refresh()
  return { NetworksDeleted: unused.length > 0 ? unused.map(({ name }) => name) : null }
}

/** A container that runs keeps the network cards it was started with. */
const refuseLive = (container: Container): void => {
  if (container.isUp)
    throw notImplemented(
      `container ${container.name} is running: a virtual machine keeps the networks that it was started with; stop it first`,
    )
}

const connect = async (engine: EngineContext, network: NetworkDocument, call: Call): Promise<void> => {
  const body = new Shape(await readJson(call.request))
  const container = engine.containers.get(body.text('Container'))
  if (network.driver !== 'bridge')
    throw new ApiError(403, `container cannot be connected to ${network.name} network`)
  const request = parseAttachment(network.name, body.raw('EndpointConfig') ?? {})
  await container.exclusively(async () => {
    const { networks } = container.document
    if (networks[network.name] !== undefined)
      throw new ApiError(
        403,
        `endpoint with name ${container.name} already exists in network ${network.name}`,
      )
    refuseLive(container)
    container.update(
      { networks: { ...networks, [network.name]: newAttachment(network.id, request) } },
      { durable: true },
    )
    await Promise.resolve()
  })
  publish(engine, container, 'update')
  sendStatus(call, 200)
}

const disconnect = async (engine: EngineContext, network: NetworkDocument, call: Call): Promise<void> => {
  const body = new Shape(await readJson(call.request))
  const container = engine.containers.get(body.text('Container'))
  await container.exclusively(async () => {
    const { [network.name]: attachment, ...others } = container.document.networks
    if (attachment === undefined)
      throw new ApiError(403, `container ${container.id} is not connected to network ${network.name}`)
    refuseLive(container)
    container.update({ networks: others }, { durable: true })
    await Promise.resolve()
  })
  publish(engine, container, 'update')
  sendStatus(call, 200)
}
