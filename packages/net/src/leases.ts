import { UserError } from '@container-compose/core'
import { type Cidr, containsAddress, containsSubnet, formatCidr, lastAddress } from './address/cidr.ts'
import { addressBits, formatIp, type IpAddress, parseIp, sameIp } from './address/ip.ts'
import { parseSubnet } from './subnet-pool.ts'

/** One subnet of a network, as it is leased from. */
export interface LeaseSpace {
  readonly subnet: Cidr
  /** Where leases come from that nobody chose: `ip_range`, else the subnet. */
  readonly range: Cidr
  readonly gateway: IpAddress
  /** `aux_addresses`: never leased, not even when asked for. */
  readonly reserved: readonly IpAddress[]
}

/** In the form of Docker's `IPAM.Config`. */
export interface LeaseSpaceConfig {
  readonly subnet: string
  readonly ipRange?: string | undefined
  readonly gateway?: string | undefined
  readonly auxAddresses?: Readonly<Record<string, string>> | undefined
}

/**
 * Checks one entry of a network's address configuration and fills in the gateway: the first address of the range.
 *
 * @throws UserError `INVALID_SUBNET`, `INVALID_ADDRESS`, `ADDRESS_OUT_OF_RANGE`.
 */
export const leaseSpace = (config: LeaseSpaceConfig): LeaseSpace => {
  const subnet = parseSubnet(config.subnet)
  const range = config.ipRange ? parseSubnet(config.ipRange) : subnet
  if (!containsSubnet(subnet, range))
    throw new UserError(
      'ADDRESS_OUT_OF_RANGE',
      `invalid ip-range ${config.ipRange}: outside subnet ${config.subnet}`,
    )
  const inside = (text: string): IpAddress => {
    const address = parseIp(text)
    if (address === undefined) throw new UserError('INVALID_ADDRESS', `invalid address ${text}`)
    if (!containsAddress(subnet, address)) throw outOfRange(text, subnet)
    return address
  }
  return {
    subnet,
    range,
    gateway: config.gateway ? inside(config.gateway) : firstUsable(subnet, range),
    reserved: Object.values(config.auxAddresses ?? {}).map(inside),
  }
}

export interface LeaseRequest {
  /** Addresses that are leased, in canonical text. */
  readonly taken: ReadonlySet<string>
  /** The address leased last: the search begins behind it, so that a released address comes back as late as possible. */
  readonly after?: string | undefined
  /** A fixed address (`ipv4_address`). */
  readonly fixed?: string | undefined
}

/**
 * The address for one more endpoint, in canonical text. It is leased once the caller has it among the taken.
 *
 * @throws UserError `ADDRESS_IN_USE`, `ADDRESS_OUT_OF_RANGE`, `INVALID_ADDRESS`, `NO_FREE_ADDRESS`.
 */
export const leaseAddress = (space: LeaseSpace, { taken, after, fixed }: LeaseRequest): string => {
  const isFree = (address: IpAddress): boolean =>
    isUsable(space.subnet, address) &&
    !sameIp(address, space.gateway) &&
    !space.reserved.some((reserved) => sameIp(reserved, address)) &&
    !taken.has(formatIp(address))
  if (fixed !== undefined) {
    const address = parseIp(fixed)
    if (address === undefined) throw new UserError('INVALID_ADDRESS', `invalid address ${fixed}`)
    if (!containsAddress(space.subnet, address)) throw outOfRange(fixed, space.subnet)
    if (!isFree(address)) throw new UserError('ADDRESS_IN_USE', 'Address already in use')
    return formatIp(address)
  }
  const { network } = space.range
  const size = lastAddress(space.range).value - network.value + 1n
  const previous = after === undefined ? undefined : parseIp(after)
  const start = previous && containsAddress(space.range, previous) ? previous.value - network.value + 1n : 0n
  // Each step passes an address that is taken or unusable, and of those there are few: no step limit for a /64.
  for (let step = 0n; step < size; step++) {
    const address = { family: network.family, value: network.value + ((start + step) % size) }
    if (isFree(address)) return formatIp(address)
  }
  throw new UserError(
    'NO_FREE_ADDRESS',
    `no available IPv${network.family} addresses on this network's address pools`,
    { hint: `all of ${formatCidr(space.range)} is leased; give the network a larger subnet` },
  )
}

const outOfRange = (address: string, subnet: Cidr): UserError =>
  new UserError('ADDRESS_OUT_OF_RANGE', `no configured subnet contains IP address ${address}`, {
    hint: `the network's subnet is ${formatCidr(subnet)}`,
  })

/** All but the subnet's own address and, for IPv4, its broadcast address; /31 and /32 have neither (RFC 3021). */
const isUsable = (subnet: Cidr, address: IpAddress): boolean => {
  if (addressBits(subnet.network.family) - subnet.prefix < 2) return true
  if (sameIp(address, subnet.network)) return false
  return subnet.network.family === 6 || !sameIp(address, lastAddress(subnet))
}

const firstUsable = (subnet: Cidr, range: Cidr): IpAddress =>
  isUsable(subnet, range.network)
    ? range.network
    : { family: range.network.family, value: range.network.value + 1n }
