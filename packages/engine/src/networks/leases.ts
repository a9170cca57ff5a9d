import { UserError } from '@container-compose/core'
import { leaseAddress, leaseSpace, macOfLease, parseIp, parseMac } from '@container-compose/net'
import { ApiError, badParameter } from '../api/errors.ts'
import type { Attachment, Lease } from '../containers/model.ts'
import type { NetworkDocument } from './model.ts'

/**
 * The addresses of an endpoint that is about to be. Nothing is written: a lease lasts as long as a container's document has it.
 *
 * @param leases All that the network has leased to others.
 * @param last The address leased last on this network, so that a released one comes back as late as possible.
 * @throws ApiError 403 and 400 in dockerd's words: address in use, out of range, none free.
 */
export const leaseFor = (
  network: NetworkDocument,
  attachment: Attachment,
  { leases, last }: { readonly leases: readonly Lease[]; readonly last: string | undefined },
): Lease => {
  const taken = new Set(leases.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((ip) => ip !== undefined)))
  const addresses: { ipv4?: string; ipv6?: string } = {}
  for (const subnet of network.subnets) {
    const space = leaseSpace(subnet)
    const key = space.subnet.network.family === 4 ? 'ipv4' : 'ipv6'
    if (addresses[key] !== undefined) continue
    const fixed = key === 'ipv4' ? attachment.fixedIpv4 : attachment.fixedIpv6
    addresses[key] = lease(() =>
      leaseAddress(space, { taken, fixed, after: key === 'ipv4' ? last : undefined }),
    )
  }
  return { ...addresses, mac: macFor(attachment, addresses.ipv4 ?? addresses.ipv6 ?? '') }
}

const lease = (attempt: () => string): string => {
  try {
    return attempt()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const status = error.code === 'ADDRESS_IN_USE' ? 403 : error.code === 'NO_FREE_ADDRESS' ? 500 : 400
    throw new ApiError(status, error.message, { cause: error })
  }
}

const macFor = ({ fixedMac }: Attachment, address: string): string => {
  if (fixedMac !== undefined) {
    const mac = parseMac(fixedMac)
    if (mac === undefined) throw badParameter(`invalid MAC address: ${fixedMac}`)
    return mac
  }
  const ip = parseIp(address)
  if (ip === undefined) throw new Error(`no address leased: ${address}`)
  return macOfLease(ip)
}
