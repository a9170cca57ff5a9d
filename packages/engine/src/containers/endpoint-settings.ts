import { parseSubnet } from '@container-compose/net'
import { dnsNames } from '../networks/connectivity.ts'
import type { Networks } from '../networks/networks.ts'
import type { ContainerDocument } from './model.ts'

/** `NetworkSettings.Networks` of the API. */
export const endpointSettings = (
  document: ContainerDocument,
  networks: Pick<Networks, 'find'>,
): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(attachmentsOf(document, networks)).map(([name, attachment]) => {
      const { lease, aliases, links, fixedIpv4, fixedIpv6 } = attachment
      const network = networks.find(attachment.networkId)
      const subnet = (family: 4 | 6) => {
        const found = network?.subnets.find(({ subnet: text }) => parseSubnet(text).network.family === family)
        return found && { prefix: parseSubnet(found.subnet).prefix, gateway: found.gateway }
      }
      const [v4, v6] = [lease?.ipv4 ? subnet(4) : undefined, lease?.ipv6 ? subnet(6) : undefined]
      const ipam = {
        ...(fixedIpv4 && { IPv4Address: fixedIpv4 }),
        ...(fixedIpv6 && { IPv6Address: fixedIpv6 }),
      }
      const settings = {
        IPAMConfig: Object.keys(ipam).length > 0 ? ipam : null,
        Links: links.length > 0 ? links : null,
        Aliases: aliases.length > 0 ? aliases : null,
        MacAddress: lease?.mac ?? '',
        DriverOpts: Object.keys(attachment.driverOpts).length > 0 ? attachment.driverOpts : null,
        GwPriority: attachment.gwPriority,
        NetworkID: attachment.networkId,
        EndpointID: lease === undefined ? '' : attachment.endpointId,
        Gateway: v4?.gateway ?? '',
        IPAddress: lease?.ipv4 ?? '',
        IPPrefixLen: v4?.prefix ?? 0,
        IPv6Gateway: v6?.gateway ?? '',
        GlobalIPv6Address: lease?.ipv6 ?? '',
        GlobalIPv6PrefixLen: v6?.prefix ?? 0,
        DNSNames: network === undefined ? null : dnsNames(document, network, aliases),
      }
      return [name, settings]
    }),
  )

/** Without a network a container is shown on the one that is none. */
const attachmentsOf = (
  { networks, hostConfig }: ContainerDocument,
  all: Pick<Networks, 'find'>,
): ContainerDocument['networks'] => {
  const none = all.find('none')
  if (hostConfig.NetworkMode !== 'none' || none === undefined) return networks
  const plain = { networkId: none.id, aliases: [], links: [], gwPriority: 0, driverOpts: {}, endpointId: '' }
  return { none: plain, ...networks }
}

/** The members of `NetworkSettings` that older clients read: those of the default network. */
export const legacySettings = (settings: Readonly<Record<string, Record<string, unknown>>>) => {
  const first = settings['bridge'] ?? {}
  return {
    Bridge: '',
    SandboxID: '',
    SandboxKey: '',
    EndpointID: first['EndpointID'] ?? '',
    Gateway: first['Gateway'] ?? '',
    GlobalIPv6Address: first['GlobalIPv6Address'] ?? '',
    GlobalIPv6PrefixLen: first['GlobalIPv6PrefixLen'] ?? 0,
    IPAddress: first['IPAddress'] ?? '',
    IPPrefixLen: first['IPPrefixLen'] ?? 0,
    IPv6Gateway: first['IPv6Gateway'] ?? '',
    MacAddress: first['MacAddress'] ?? '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
  }
}
