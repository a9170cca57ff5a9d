import type { IpAddress } from './ip.ts'

/**
 * The MAC of a leased address: `02:42` (locally administered, as Docker has it) and the address's last 32 bits. Two leases of
 * one network differ in them, and a container that comes back with its address comes back with its MAC.
 */
export const macOfLease = ({ value }: IpAddress): string =>
  `0242${(value & 0xffffffffn).toString(16).padStart(8, '0')}`.replace(/..(?=.)/g, '$&:')

/** Six octets in lower case, or undefined. Multicast addresses are not a link's. */
export const parseMac = (text: string): string | undefined => {
  const mac = text.toLowerCase()
  return /^[0-9a-f][02468ace]([:-][0-9a-f]{2}){5}$/.test(mac) ? mac.replaceAll('-', ':') : undefined
}

/** The IPv6 link-local address that a kernel makes from a MAC (RFC 4291, appendix A). */
export const linkLocalOfMac = (mac: string): IpAddress => {
  const octets = mac.split(':').map((octet) => BigInt(`0x${octet}`))
  const eui64 = [...octets.slice(0, 3), 0xffn, 0xfen, ...octets.slice(3)]
  const identifier = eui64.reduce((sum, octet) => (sum << 8n) | octet, 0n) ^ (2n << 56n)
  return { family: 6, value: (0xfe80n << 112n) | identifier }
}
