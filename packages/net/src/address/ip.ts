import { isIP } from 'node:net'
import { collapseIPv6Number, IPv4, IPv6 } from 'ip-num'

/** An address as a number, so that it can be counted and compared. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly value: bigint
}

export const addressBits = (family: 4 | 6): number => (family === 4 ? 32 : 128)

/** Reads a numeric address, strictly: no zone, no leading zeros, no missing octets. Undefined for anything else. */
export const parseIp = (text: string): IpAddress | undefined => {
  const family = text.includes('%') ? 0 : isIP(text)
  if (family === 4) return { family, value: new IPv4(text).getValue() }
  if (family === 6) return { family, value: new IPv6(text).getValue() }
  return undefined
}

/** The canonical text, for IPv6 that of RFC 5952. */
export const formatIp = ({ family, value }: IpAddress): string =>
  family === 4 ? new IPv4(value).toString() : collapseIPv6Number(new IPv6(value).toString())

export const sameIp = (a: IpAddress, b: IpAddress): boolean => a.family === b.family && a.value === b.value

/** The same address in canonical text; undefined for what is no address. */
export const canonicalIp = (text: string): string | undefined => {
  const address = parseIp(text)
  return address && formatIp(address)
}
