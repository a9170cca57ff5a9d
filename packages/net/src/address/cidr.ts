import { addressBits, formatIp, type IpAddress, parseIp } from './ip.ts'

/** A subnet; `network` has no host bits. */
export interface Cidr {
  readonly network: IpAddress
  readonly prefix: number
}

const hostMask = (family: 4 | 6, prefix: number): bigint => (1n << BigInt(addressBits(family) - prefix)) - 1n

/** The subnet of that prefix length that holds the address. */
export const subnetOf = ({ family, value }: IpAddress, prefix: number): Cidr => ({
  network: { family, value: value & ~hostMask(family, prefix) },
  prefix,
})

/** Reads `10.0.0.0/8`. Host bits are cut off: compare with `formatCidr` where they are a fault. */
export const parseCidr = (text: string): Cidr | undefined => {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const parsed = parseIp(address)
  if (parsed === undefined || Number(length) > addressBits(parsed.family)) return undefined
  return subnetOf(parsed, Number(length))
}

export const formatCidr = ({ network, prefix }: Cidr): string => `${formatIp(network)}/${prefix}`

/** `10.0.0.2/8`: an address with the prefix length of its subnet. */
export const formatInterface = (address: IpAddress, { prefix }: Cidr): string =>
  `${formatIp(address)}/${prefix}`

export const firstAddress = ({ network }: Cidr): IpAddress => network

export const lastAddress = ({ network, prefix }: Cidr): IpAddress => ({
  family: network.family,
  value: network.value | hostMask(network.family, prefix),
})

export const containsAddress = (cidr: Cidr, address: IpAddress): boolean =>
  cidr.network.family === address.family &&
  cidr.network.value <= address.value &&
  address.value <= lastAddress(cidr).value

export const containsSubnet = (outer: Cidr, inner: Cidr): boolean =>
  outer.prefix <= inner.prefix && containsAddress(outer, inner.network)

/** Two subnets overlap when one holds the other. */
export const overlaps = (a: Cidr, b: Cidr): boolean => containsSubnet(a, b) || containsSubnet(b, a)
