import { bridgeName, linkName } from '@container-compose/net'
import type { Container } from '../containers/container.ts'
import type { PublishedPort, Switch, SwitchEndpoint, SwitchResult, SwitchState } from '../switch/switch.ts'
import { defaultNetwork, type NetworkDocument } from './model.ts'
import type { Networks } from './networks.ts'

export interface ConnectivityOptions {
  readonly switch: Switch
  readonly networks: Networks
  readonly containers: () => readonly Container[]
  readonly upstream: readonly string[]
  readonly egress: SwitchState['egress']
}

/** Keeps the switch equal to what documents of networks and containers say. */
export class Connectivity {
  readonly #options: ConnectivityOptions
  /** Ports of containers that are about to start: wanted, not yet in a document. */
  readonly #wanted = new Map<string, readonly PublishedPort[]>()
  #applying: Promise<SwitchResult> | undefined
  #next: Promise<SwitchResult> | undefined
  #used = false
  #closed = false

  constructor(options: ConnectivityOptions) {
    this.#options = options
  }

  /**
   * Applies the state as it is now. Calls made while the switch is busy share one application that begins afterwards.
   */
  sync(): Promise<SwitchResult> {
    if (this.#closed) return Promise.resolve({ published: [], unpublished: [] })
    if (this.#applying === undefined) return this.#apply()
    this.#next ??= this.#applying
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#closed ? { published: [], unpublished: [] } : this.#apply()
      })
    return this.#next
  }

  /** Waits for what is under way; later calls do nothing, so that a switch that is removed stays removed. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled([this.#applying, this.#next])
  }

  /** Makes a switch that an earlier engine has left equal to the documents of now; none is made for it. */
  async takeOver(): Promise<void> {
    if (this.#options.switch.exists()) await this.sync()
  }

  /** Applies the state if the switch has been used at all: a network alone is no reason to make one. */
  async refresh(): Promise<void> {
    if (this.#used) await this.sync()
  }

  /** Has these ports bound for a container from the next application on, until the container's state has them. */
  want(containerId: string, ports: readonly PublishedPort[]): void {
    this.#wanted.set(containerId, ports)
  }

  unwant(containerId: string): void {
    this.#wanted.delete(containerId)
  }

  #apply(): Promise<SwitchResult> {
    this.#used = true
    const applying = this.#options.switch.ensure().then(() => this.#options.switch.apply(this.#state()))
    this.#applying = applying
    const done = () => {
      if (this.#applying === applying) this.#applying = undefined
    }
    applying.then(done, done)
    return applying
  }

  #state(): SwitchState {
    const { networks, upstream, egress } = this.#options
    const containers = this.#options.containers()
    const endpoints = containers.flatMap((container) => endpointsOf(container, networks))
    const used = new Set(endpoints.map(({ networkId }) => networkId))
    return {
      networks: networks
        .list()
        .filter((network) => network.driver === 'bridge' && (!network.predefined || used.has(network.id)))
        .map((network) => ({
          id: network.id,
          name: network.name,
          bridge: bridgeName(network.id),
          subnets: network.subnets.map(({ subnet, gateway }) => ({ cidr: subnet, gateway })),
          internal: network.internal,
          mtu: network.mtu,
        })),
      endpoints,
      ports: containers.flatMap(({ id, state }) => this.#wanted.get(id) ?? state.published),
      dns: { upstream },
      egress,
    }
  }
}

/** The endpoints of a container that have a lease: of one that runs or is about to. */
export const endpointsOf = (
  { document }: Pick<Container, 'document'>,
  networks: Pick<Networks, 'find'>,
): SwitchEndpoint[] =>
  Object.values(document.networks).flatMap(({ networkId, lease, aliases }) => {
    const network = networks.find(networkId)
    if (lease === undefined || network === undefined) return []
    return [
      {
        containerId: document.id,
        networkId,
        link: linkName(document.id, networkId),
        bridge: bridgeName(networkId),
        ...lease,
        names: dnsNames(document, network, aliases),
        ...(document.hostConfig.Dns.length > 0 && { upstream: document.hostConfig.Dns }),
        running: true,
      },
    ]
  })

/** Name, aliases, short id and hostname; nothing on the default network, as in Docker. */
export const dnsNames = (
  { id, name, config }: Container['document'],
  network: NetworkDocument,
  aliases: readonly string[],
): string[] => {
  if (network.predefined && network.name === defaultNetwork) return []
  return [...new Set([name, ...aliases, id.slice(0, 12), config.Hostname].map((each) => each.toLowerCase()))]
}
