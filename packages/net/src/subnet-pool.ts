import { UserError } from '@container-compose/core'
import { type Cidr, formatCidr, lastAddress, overlaps, parseCidr, subnetOf } from './address/cidr.ts'
import { parseIp, sameIp } from './address/ip.ts'

/** Where subnets for networks without a fixed one come from: `base` cut into subnets of the prefix length `size`. */
export interface AddressPool {
  readonly base: Cidr
  readonly size: number
}

/**
 * Reads the subnet of a network.
 *
 * @throws UserError `INVALID_SUBNET`, also for host bits (`10.0.0.1/24`).
 */
export const parseSubnet = (text: string): Cidr => {
  const subnet = parseCidr(text)
  const address = parseIp(text.slice(0, text.indexOf('/')))
  if (subnet === undefined || address === undefined)
    throw new UserError('INVALID_SUBNET', `invalid subnet ${text}: invalid CIDR block notation`)
  if (!sameIp(address, subnet.network))
    throw new UserError('INVALID_SUBNET', `invalid subnet ${text}: it should be ${formatCidr(subnet)}`)
  return subnet
}

const pools = (...rows: readonly (readonly [base: string, size: number])[]): readonly AddressPool[] =>
  rows.map(([base, size]) => ({ base: parseSubnet(base), size }))

/** Docker's own default pools in its order, then room for a thousand networks more. */
export const defaultPools = pools(
  ['172.17.0.0/16', 16],
  ['172.18.0.0/16', 16],
  ['172.19.0.0/16', 16],
  ['172.20.0.0/14', 16],
  ['172.24.0.0/14', 16],
  ['172.28.0.0/14', 16],
  ['192.168.0.0/16', 20],
  ['10.64.0.0/10', 20],
)

/** For the IPv6 subnet of a network that asks for IPv6 without naming one (unique local addresses, RFC 4193). */
export const defaultPools6 = pools(['fd63:6f6d:706f::/48', 64])

/**
 * The first subnet of the pools that overlaps none in use: pass those of the other networks and of the host.
 *
 * @throws UserError `NO_FREE_SUBNET`, in Docker's words.
 */
export const chooseSubnet = (addressPools: readonly AddressPool[], inUse: readonly Cidr[]): Cidr => {
  for (const { base, size } of addressPools) {
    const end = lastAddress(base).value
    let candidate = subnetOf(base.network, size)
    while (candidate.network.value <= end) {
      const current = candidate
      const obstacle = inUse.find((subnet) => overlaps(subnet, current))
      if (obstacle === undefined) return candidate
      // Behind the larger of the two, so that a used /8 is one step and not 65536.
      const next = lastAddress(obstacle.prefix < size ? obstacle : candidate).value + 1n
      candidate = { network: { family: base.network.family, value: next }, prefix: size }
    }
  }
  throw new UserError('NO_FREE_SUBNET', 'all predefined address pools have been fully subnetted', {
    hint: 'remove networks that are not used any more, or give the network a subnet of its own (ipam.config.subnet)',
  })
}

/**
 * Checks a fixed subnet against those of the other networks. The host's are no obstacle: whoever fixes one may mean it.
 *
 * @throws UserError `POOL_OVERLAPS`, in Docker's words.
 */
export const checkSubnet = (subnet: Cidr, ofNetworks: readonly Cidr[]): void => {
  if (ofNetworks.some((other) => overlaps(other, subnet)))
    throw new UserError('POOL_OVERLAPS', 'Pool overlaps with other one on this address space')
}
