import { socketInNetns } from '@container-compose/native'
import {
  buildZone,
  containsAddress,
  createResolver,
  type DnsServer,
  type Exchange,
  exchangeFrom,
  parseCidr,
  parseIp,
  parseUpstream,
  serveDns,
  type Upstream,
  type View,
} from '@container-compose/net'
import { hostUpstreams } from '../host-upstreams.ts'
import type { SwitchState } from '../switch.ts'

type Names = Pick<SwitchState, 'networks' | 'endpoints' | 'dns'>

/** A DNS server on each gateway address inside the namespace; what they ask outside leaves from the host's namespace. */
export class DnsServers {
  readonly #netns: string
  readonly #log: (message: string) => void
  readonly #servers = new Map<string, DnsServer>()
  #zone = buildZone([], [])
  #upstreams: readonly Upstream[] = []
  #networks: SwitchState['networks'] = []
  readonly #resolve = createResolver({
    zone: () => this.#zone,
    upstreams: (view) =>
      view.upstream.length > 0
        ? view.upstream.map(parseUpstream)
        : this.#upstreams.length > 0
          ? this.#upstreams
          : hostUpstreams(),
    reach: (view, upstream) => this.#reach(view, upstream),
    onError: (error) => this.#log(`a question could not be answered: ${error}`),
  })

  constructor(netns: string, log: (message: string) => void) {
    this.#netns = netns
    this.#log = log
  }

  /** The bridges with their gateways must exist. */
  async apply({ networks, endpoints, dns }: Names): Promise<void> {
    this.#zone = buildZone(networks, endpoints)
    this.#upstreams = dns.upstream.map(parseUpstream)
    this.#networks = networks
    const wanted = new Map(
      networks.flatMap(({ id, bridge, subnets }) =>
        subnets.map(
          ({ gateway }) => [`${id} ${gateway}`, { networkId: id, device: bridge, gateway }] as const,
        ),
      ),
    )
    await this.#closeAllBut(new Set(wanted.keys()))
    const missing = [...wanted].filter(([key]) => !this.#servers.has(key))
    await Promise.all(
      missing.map(async ([key, { networkId, device, gateway }]) => {
        const where = { address: gateway, port: 53, device }
        this.#servers.set(
          key,
          await serveDns({
            udpFd: await socketInNetns(this.#netns, { type: 'datagram', ...where }),
            tcpFd: await socketInNetns(this.#netns, { type: 'stream', ...where }),
            family: gateway.includes(':') ? 6 : 4,
            networkId,
            resolve: this.#resolve,
          }),
        )
      }),
    )
  }

  close(): Promise<void> {
    return this.#closeAllBut(new Set())
  }

  /** A resolver may be a container itself: then it is asked inside, by those who share a network with it. */
  #reach(view: View, { address }: Upstream): Exchange | 'never' | undefined {
    const ip = parseIp(address)
    const network =
      ip &&
      this.#networks.find(({ subnets }) =>
        subnets.some(({ cidr }) => {
          const subnet = parseCidr(cidr)
          return subnet !== undefined && containsAddress(subnet, ip)
        }),
      )
    if (network === undefined) return undefined
    if (!view.networkIds.includes(network.id)) return 'never'
    return exchangeFrom(() =>
      socketInNetns(this.#netns, { type: 'datagram', address: ip?.family === 6 ? '::' : '0.0.0.0', port: 0 }),
    )
  }

  async #closeAllBut(kept: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#servers].filter(([key]) => !kept.has(key))
    for (const [key] of gone) this.#servers.delete(key)
    await Promise.all(gone.map(([, server]) => server.close()))
  }
}
