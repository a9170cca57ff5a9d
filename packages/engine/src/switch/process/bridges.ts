import {
  type AddressInfo,
  changeLinks,
  type LinkChange,
  type LinkInfo,
  listAddresses,
  listLinks,
  writeSysctl,
} from '@container-compose/native'
import { canonicalIp, macOfLease, parseIp } from '@container-compose/net'
import type { SwitchNetwork } from '../switch.ts'

/** Makes the namespace have exactly these bridges with their gateways. Ports that are on a bridge stay. */
export const reconcileBridges = async (netns: string, networks: readonly SwitchNetwork[]): Promise<void> => {
  await changeLinks(netns, planBridges(networks, await listLinks(netns)))
  for (const { bridge, subnets } of networks)
    if (subnets.some(({ gateway }) => gateway.includes(':')))
      await writeSysctl(netns, `net/ipv6/conf/${bridge}/disable_ipv6`, '0')
  const [links, addresses] = await Promise.all([listLinks(netns), listAddresses(netns)])
  await changeLinks(netns, planGateways(networks, links, addresses))
}

export const planBridges = (
  networks: readonly SwitchNetwork[],
  links: readonly LinkInfo[],
): readonly LinkChange[] => {
  const wanted = new Set(networks.map(({ bridge }) => bridge))
  const present = new Map(links.filter(({ kind }) => kind === 'bridge').map((link) => [link.name, link]))
  return [
    ...[...present.keys()]
      .filter((name) => !wanted.has(name))
      .map((name): LinkChange => ({ kind: 'link.delete', name })),
    ...networks.flatMap(({ bridge: name, mtu, subnets }): LinkChange[] => {
      const link = present.get(name)
      if (link === undefined) return [{ kind: 'bridge.create', name, mtu, ...gatewayMac(subnets) }]
      return link.mtu === mtu ? [] : [{ kind: 'link.set', name, mtu }]
    }),
  ]
}

/** Of the gateway's address: fixed, and the same when the bridge is made anew under containers that know it. */
const gatewayMac = (subnets: SwitchNetwork['subnets']): { readonly mac?: string } => {
  const gateway = subnets[0] && parseIp(subnets[0].gateway)
  return gateway ? { mac: macOfLease(gateway) } : {}
}

export const planGateways = (
  networks: readonly SwitchNetwork[],
  links: readonly LinkInfo[],
  addresses: readonly AddressInfo[],
): readonly LinkChange[] =>
  networks.flatMap(({ bridge, subnets }): LinkChange[] => {
    const link = links.find(({ name }) => name === bridge)
    if (link === undefined) return []
    const wanted = subnets.map(({ cidr, gateway }) => `${canonicalIp(gateway)}/${cidr.split('/')[1]}`)
    const present = addresses
      .filter(({ index }) => index === link.index)
      .map(({ address, prefix }) => `${canonicalIp(address)}/${prefix}`)
      .filter((address) => !address.startsWith('fe80:'))
    const change =
      (kind: 'address.add' | 'address.remove') =>
      (text: string): LinkChange => {
        const [address = '', prefix] = text.split('/')
        return { kind, index: link.index, address, prefix: Number(prefix) }
      }
    return [
      ...present.filter((address) => !wanted.includes(address)).map(change('address.remove')),
      ...wanted.filter((address) => !present.includes(address)).map(change('address.add')),
      ...(link.isUp ? [] : [{ kind: 'link.set', name: bridge, isUp: true } as const]),
    ]
  })
