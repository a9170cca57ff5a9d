import { type Cidr, subnetOf } from './address/cidr.ts'

/**
 * The subnets that a host's routing tables name, its default routes left out.
 *
 * @param route Contents of /proc/net/route: destination (field 2) and mask (8) in hex, in the byte order of the machine.
 * @param ipv6Route Contents of /proc/net/ipv6_route: destination (field 1) and prefix length (2) in hex.
 */
export const routesInUse = (route: string, ipv6Route = ''): Cidr[] => [
  ...rows(route)
    .slice(1)
    .map(([, destination = '0', , , , , , mask = '0']) =>
      subnetOf({ family: 4, value: BigInt(swapped(destination)) }, ones(swapped(mask))),
    )
    .filter(({ prefix }) => prefix > 0),
  ...rows(ipv6Route)
    .map(([destination = '0', length = '0']) =>
      subnetOf({ family: 6, value: BigInt(`0x${destination}`) }, Number.parseInt(length, 16)),
    )
    // Multicast and host routes are nobody's subnet.
    .filter(({ prefix, network }) => prefix > 8 && prefix < 128 && network.value >> 118n !== 0x3fan),
]

const rows = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/))

const swapped = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE()

const ones = (mask: number): number => mask.toString(2).replaceAll('0', '').length
