import { type Cidr, containsAddress, parseCidr } from '../address/cidr.ts'
import { canonicalIp, parseIp } from '../address/ip.ts'

export interface ZoneNetwork {
  readonly id: string
  readonly name: string
  readonly subnets: readonly { readonly cidr: string }[]
  /** Its containers get no answer from outside, unless another network of theirs gives it. */
  readonly internal: boolean
}

export interface ZoneEndpoint {
  readonly containerId: string
  readonly networkId: string
  readonly ipv4?: string
  readonly ipv6?: string
  /** Lower case; the first is what a reverse question gets. */
  readonly names: readonly string[]
  /** Only running containers have a name. */
  readonly running: boolean
  readonly upstream?: readonly string[]
}

/** What one container may know: the union of its networks, and nothing else. */
export interface View {
  /** One address a container: replicas of a service give several. Undefined: there is no such name. */
  lookup(name: string): { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] } | undefined
  /** `name.network` of a container; null when nobody has the address; undefined when it is none of ours. */
  reverse(address: string): string | null | undefined
  /** The networks that the container is in. */
  readonly networkIds: readonly string[]
  /** Whether other questions may leave the machine. */
  readonly mayAskOutside: boolean
  /** The container's own resolvers. */
  readonly upstream: readonly string[]
}

export interface Zone {
  /** The view of who has that address on that network; undefined when nobody does. */
  viewOf(networkId: string, address: string): View | undefined
}

/** Indexes networks and endpoints once, so that a question costs a few look-ups however many there are. */
export const buildZone = (networks: readonly ZoneNetwork[], endpoints: readonly ZoneEndpoint[]): Zone => {
  const owners = new Map<string, ZoneEndpoint>()
  const ofContainer = new Map<string, ZoneEndpoint[]>()
  const byName = new Map<string, ZoneEndpoint[]>()
  for (const endpoint of endpoints) {
    push(ofContainer, endpoint.containerId, endpoint)
    for (const address of [endpoint.ipv4, endpoint.ipv6])
      if (address !== undefined)
        owners.set(key(endpoint.networkId, canonicalIp(address) ?? address), endpoint)
    if (!endpoint.running) continue
    for (const name of new Set(endpoint.names)) push(byName, key(endpoint.networkId, name), endpoint)
  }
  const subnets = networks.flatMap((network) =>
    network.subnets.flatMap(({ cidr }): { networkId: string; subnet: Cidr }[] => {
      const subnet = parseCidr(cidr)
      return subnet ? [{ networkId: network.id, subnet }] : []
    }),
  )
  const makeView = (containerId: string): View => {
    const own = ofContainer.get(containerId) ?? []
    const joined = networks
      .filter(({ id }) => own.some(({ networkId }) => networkId === id))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    return {
      networkIds: joined.map(({ id }) => id),
      mayAskOutside: joined.some(({ internal }) => !internal),
      upstream: own.find(({ upstream }) => upstream?.length)?.upstream ?? [],
      lookup: (name) => {
        const found = new Map<string, ZoneEndpoint>()
        for (const { id, name: network } of joined) {
          const inNetwork = byName.get(key(id, name)) ?? byName.get(key(id, withoutSuffix(name, network)))
          for (const endpoint of inNetwork ?? [])
            if (!found.has(endpoint.containerId)) found.set(endpoint.containerId, endpoint)
        }
        if (found.size === 0) return undefined
        return {
          ipv4: [...found.values()].flatMap(({ ipv4 }) => ipv4 ?? []),
          ipv6: [...found.values()].flatMap(({ ipv6 }) => ipv6 ?? []),
        }
      },
      reverse: (text) => {
        const address = parseIp(text)
        const subnet = address && subnets.find((candidate) => containsAddress(candidate.subnet, address))
        if (subnet === undefined) return undefined
        const network = joined.find(({ id }) => id === subnet.networkId)
        const owner = network && owners.get(key(network.id, canonicalIp(text) ?? text))
        const name = owner?.running ? owner.names.find(isHostName) : undefined
        return name === undefined ? null : `${name}.${network?.name}`
      },
    }
  }
  const views = new Map<string, View>()
  return {
    viewOf: (networkId, address) => {
      const owner = owners.get(key(networkId, canonicalIp(address) ?? address))
      if (owner === undefined) return undefined
      const view = views.get(owner.containerId) ?? makeView(owner.containerId)
      views.set(owner.containerId, view)
      return view
    },
  }
}

/** A container may have a longer name than DNS has room for (RFC 1035, 2.3.4). */
const isHostName = (name: string): boolean =>
  name.length <= 190 && name.split('.').every(({ length }) => length > 0 && length <= 63)

const key = (networkId: string, name: string): string => `${networkId} ${name}`

const push = <T>(lists: Map<string, T[]>, name: string, value: T): void => {
  const list = lists.get(name)
  if (list) list.push(value)
  else lists.set(name, [value])
}

const withoutSuffix = (name: string, network: string): string => {
  const suffix = `.${network.toLowerCase()}`
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
}
