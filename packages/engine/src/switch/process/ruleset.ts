import { formatIp, linkLocalOfMac, parseIp } from '@container-compose/net'
import type { SwitchEndpoint, SwitchNetwork, SwitchState } from '../switch.ts'

/** The link that egress makes in the namespace. */
export const egressLink = 'up0'

/**
 * All rules of the switch's namespace as one nft(8) document, which replaces the one before in one step.
 * What is not allowed here does not pass: between networks, to gateways of other networks, and out of a port.
 */
export const ruleset = (state: Pick<SwitchState, 'networks' | 'endpoints'>): string =>
  [replaced('inet', routed(state.networks)), replaced('bridge', ports(state.endpoints))].join('\n')

/** Declaring a table that exists changes nothing, so that deleting it never fails. */
const replaced = (family: string, chains: readonly string[]): string =>
  `table ${family} switch\ndelete table ${family} switch\ntable ${family} switch {\n${chains.join('\n')}\n}\n`

const block = (name: string, rules: readonly string[]): string =>
  [`chain ${name} {`, ...rules, '}'].join('\n')

/** A rule over an anonymous set, or none where the set is empty: nft has no empty anonymous sets. */
const over = (before: string, elements: readonly string[], after = 'accept'): string[] =>
  elements.length === 0 ? [] : [`${before} { ${[...new Set(elements)].join(', ')} } ${after}`]

/** Said, not swallowed: whoever tries is told at once. */
const refused = ['meta l4proto tcp reject with tcp reset', 'reject with icmpx type admin-prohibited']

const isIPv6 = (address: string): boolean => address.includes(':')

const routed = (networks: readonly SwitchNetwork[]): string[] => {
  const gateways = networks.flatMap(({ bridge, subnets }) =>
    subnets.map(({ gateway }) => ({ v6: isIPv6(gateway), key: `"${bridge}" . ${gateway}` })),
  )
  const v4 = gateways.filter(({ v6 }) => !v6).map(({ key }) => key)
  const v6 = gateways.filter((gateway) => gateway.v6).map(({ key }) => key)
  const withEgress = networks.filter(({ internal }) => !internal).map(({ bridge }) => `"${bridge}"`)
  const isReply = 'ct state established,related accept'
  return [
    block('input', [
      'type filter hook input priority 0; policy drop;',
      'iifname "lo" accept',
      isReply,
      ...over('udp dport 53 iifname . ip daddr', v4),
      ...over('tcp dport 53 iifname . ip daddr', v4),
      ...over('icmp type echo-request iifname . ip daddr', v4),
      ...over('udp dport 53 iifname . ip6 daddr', v6),
      ...over('tcp dport 53 iifname . ip6 daddr', v6),
      ...over('icmpv6 type echo-request iifname . ip6 daddr', v6),
      'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept',
      ...refused,
    ]),
    block('forward', [
      'type filter hook forward priority 0; policy drop;',
      isReply,
      ...over('iifname', withEgress, `oifname "${egressLink}" accept`),
      ...refused,
    ]),
    block('postrouting', [
      'type nat hook postrouting priority srcnat;',
      `oifname "${egressLink}" masquerade`,
    ]),
  ]
}

/** What a port may send into its bridge: frames from the leased MAC that speak for the leased addresses only. */
const ports = (endpoints: readonly SwitchEndpoint[]): string[] => {
  const v4 = endpoints.flatMap(({ link, mac, ipv4 }) => (ipv4 === undefined ? [] : [{ link, mac, ipv4 }]))
  const v6 = endpoints.flatMap(({ link, mac, ipv6 }) =>
    ipv6 === undefined ? [] : [{ link, mac, addresses: [ipv6, formatIp(linkLocalOfMac(mac))] }],
  )
  return [
    // Which addresses a neighbour message may be about. nft 1.0 has no word for that field.
    block('targets', [
      ...v6.map(
        ({ link, addresses }) => `iifname "${link}" @th,64,128 { ${addresses.map(hex).join(', ')} } return`,
      ),
      'drop',
    ]),
    block('ports', [
      'type filter hook prerouting priority 0; policy drop;',
      ...over(
        'ether type arp iifname . ether saddr . arp saddr ether . arp saddr ip',
        v4.map(({ link, mac, ipv4 }) => `"${link}" . ${mac} . ${mac} . ${ipv4}`),
      ),
      ...over(
        'ether type ip iifname . ether saddr . ip saddr',
        v4.map(({ link, mac, ipv4 }) => `"${link}" . ${mac} . ${ipv4}`),
      ),
      // Nobody in a network is its router.
      'icmpv6 type { nd-router-advert, nd-redirect } drop',
      'icmpv6 type nd-neighbor-advert jump targets',
      // Duplicate address detection (RFC 4862) asks from no address at all.
      'ip6 saddr :: icmpv6 type nd-neighbor-solicit jump targets',
      ...over(
        'ether type ip6 iifname . ether saddr . ip6 saddr',
        v6.flatMap(({ link, mac, addresses }) =>
          [...addresses, '::'].map((address) => `"${link}" . ${mac} . ${address}`),
        ),
      ),
    ]),
  ]
}

const hex = (address: string): string => `0x${(parseIp(address)?.value ?? 0n).toString(16)}`
