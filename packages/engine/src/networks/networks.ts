import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, isSystemError, UserError } from '@container-compose/core'
import {
  type Cidr,
  checkSubnet,
  chooseSubnet,
  defaultPools,
  defaultPools6,
  formatCidr,
  formatIp,
  leaseSpace,
  parseSubnet,
  routesInUse,
} from '@container-compose/net'
import { ApiError, badParameter, conflict, notFound } from '../api/errors.ts'
import type { EventBus } from '../events/event-bus.ts'
import { documentsIn, makeFolder, type OnSetAside, readDocument, writeDocument } from '../store/document.ts'
import type { NetworkRequest } from './create-request.ts'
import { defaultNetwork, type NetworkDocument, networkFormat, type SubnetConfig } from './model.ts'

export interface NetworksOptions {
  /** `<data>/networks` */
  readonly folder: string
  readonly clock: Clock
  readonly events: EventBus
  readonly onSetAside: OnSetAside
}

/** The networks of an engine: documents, subnets. What a network is to the kernel, the switch knows. */
export class Networks {
  readonly #options: NetworksOptions
  readonly #byId = new Map<string, NetworkDocument>()

  /** Reads what is on disk, and makes the predefined networks where they are missing. */
  constructor(options: NetworksOptions) {
    this.#options = options
    makeFolder(options.folder)
    for (const path of documentsIn(options.folder)) {
      const network = readDocument(path, networkFormat, options.onSetAside)
      if (network !== undefined) this.#byId.set(network.id, network)
    }
    for (const [name, driver] of [
      [defaultNetwork, 'bridge'],
      ['host', 'host'],
      ['none', 'null'],
    ] as const)
      if (!this.list().some((network) => network.predefined && network.name === name))
        this.#make({ ...plainRequest, name }, { driver, predefined: true })
  }

  list(): readonly NetworkDocument[] {
    return [...this.#byId.values()]
  }

  /** By id, name or unique beginning of an id. */
  find(reference: string): NetworkDocument | undefined {
    const all = this.list()
    const exact = this.#byId.get(reference) ?? all.find(({ name }) => name === reference)
    if (exact !== undefined || !/^[0-9a-f]+$/.test(reference)) return exact
    const candidates = all.filter(({ id }) => id.startsWith(reference))
    if (candidates.length > 1)
      throw badParameter(
        `network ${reference} is ambiguous (${candidates.length} matches found on ID prefix)`,
      )
    return candidates[0]
  }

  /** @throws ApiError 404 in dockerd's words. */
  get(reference: string): NetworkDocument {
    const network = this.find(reference)
    if (network === undefined) throw notFound(`network ${reference} not found`)
    return network
  }

  /** @throws ApiError 409 when the name is taken; 400 and 403 for subnets that are wrong or overlap, in dockerd's words. */
  create(request: NetworkRequest): NetworkDocument {
    if (this.list().some(({ name, predefined }) => predefined && name === request.name))
      throw new ApiError(403, `operation is not permitted on predefined ${request.name} network`)
    if (this.list().some(({ name }) => name === request.name))
      throw conflict(`network with name ${request.name} already exists`)
    const network = this.#make(request, { driver: 'bridge', predefined: false })
    this.#options.events.publish('network', 'create', network.id, attributesOf(network))
    return network
  }

  /** @throws ApiError 403 for a predefined network, and for one that has endpoints: pass their containers' names. */
  remove(
    network: NetworkDocument,
    users: readonly { readonly name: string; readonly endpointId: string }[],
  ): void {
    if (network.predefined)
      throw new ApiError(403, `${network.name} is a pre-defined network and cannot be removed`)
    if (users.length > 0) {
      const endpoints = users.map(({ name, endpointId }) => `name:"${name}" id:"${endpointId.slice(0, 12)}"`)
      throw new ApiError(
        403,
        `error while removing network: network ${network.name} has active endpoints (${endpoints.join(', ')})`,
      )
    }
    rmSync(this.#path(network.id), { force: true })
    this.#byId.delete(network.id)
    this.#options.events.publish('network', 'destroy', network.id, attributesOf(network))
  }

  #make(request: NetworkRequest, kind: Pick<NetworkDocument, 'driver' | 'predefined'>): NetworkDocument {
    const { name, internal, attachable, enableIpv4, enableIpv6, options, labels, ipamOptions, mtu } = request
    const network: NetworkDocument = {
      ...{ name, internal, attachable, enableIpv4, enableIpv6, options, labels, ipamOptions, mtu },
      ...kind,
      id: randomBytes(32).toString('hex'),
      created: this.#options.clock.now(),
      subnets: kind.driver === 'bridge' ? this.#subnets(request) : [],
    }
    writeDocument(this.#path(network.id), networkFormat, network, { durable: true })
    this.#byId.set(network.id, network)
    return network
  }

  #path(id: string): string {
    return join(this.#options.folder, `${id}.json`)
  }

  #subnets(request: NetworkRequest): SubnetConfig[] {
    const taken = this.list().flatMap(({ subnets }) => subnets.map(({ subnet }) => parseSubnet(subnet)))
    const fixed = request.subnets.map((config) => decided(config, taken))
    const has = (family: 4 | 6) => fixed.some(({ subnet }) => parseSubnet(subnet).network.family === family)
    const chosen = (pools: typeof defaultPools) =>
      decided({ subnet: formatCidr(chooseSubnet(pools, [...taken, ...hostSubnets()])) }, taken)
    return [
      ...fixed,
      ...(request.enableIpv4 && !has(4) ? [chosen(defaultPools)] : []),
      ...(request.enableIpv6 && !has(6) ? [chosen(defaultPools6)] : []),
    ]
  }
}

const plainRequest: Omit<NetworkRequest, 'name'> = {
  ...{ internal: false, attachable: false, enableIpv4: true, enableIpv6: false, mtu: 1500 },
  ...{ options: {}, labels: {}, ipamOptions: {}, subnets: [] },
}

const decided = (config: NetworkRequest['subnets'][number], taken: readonly Cidr[]): SubnetConfig => {
  try {
    const space = leaseSpace(config)
    checkSubnet(space.subnet, taken)
    return { ...config, gateway: formatIp(space.gateway) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    if (error.code === 'POOL_OVERLAPS')
      throw new ApiError(403, `invalid pool request: ${error.message}`, { cause: error })
    throw new ApiError(400, `invalid network config:\n${error.message}`, { cause: error })
  }
}

/** Subnets that the host has routes to: a new network takes none of them. */
const hostSubnets = (): Cidr[] =>
  routesInUse(readIfThere('/proc/net/route'), readIfThere('/proc/net/ipv6_route'))

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return ''
    throw error
  }
}

/** What events about a network say of it. */
export const attributesOf = ({ name, driver }: NetworkDocument): Record<string, string> => ({
  name,
  type: driver,
})
