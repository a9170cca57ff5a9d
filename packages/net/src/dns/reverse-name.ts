import { canonicalIp } from '../address/ip.ts'

/** The address that a reverse name asks for (`2.0.18.172.in-addr.arpa`, RFC 1035 3.5; `….ip6.arpa`, RFC 3596 2.5). */
export const addressOfReverseName = (name: string): string | undefined => {
  const v4 = /^(\d{1,3}(?:\.\d{1,3}){3})\.in-addr\.arpa$/.exec(name)?.[1]
  if (v4 !== undefined) return canonicalIp(v4.split('.').reverse().join('.'))
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1]
  if (v6 === undefined) return undefined
  const digits = v6.replaceAll('.', '').split('').reverse().join('')
  return canonicalIp(digits.replace(/....(?=.)/g, '$&:'))
}
