export {
  type Cidr,
  containsAddress,
  containsSubnet,
  formatCidr,
  formatInterface,
  overlaps,
  parseCidr,
  subnetOf,
} from './address/cidr.ts'
export { canonicalIp, formatIp, type IpAddress, parseIp, sameIp } from './address/ip.ts'
export { linkLocalOfMac, macOfLease, parseMac } from './address/mac.ts'
export { createResolver, type Resolve, type ResolverOptions } from './dns/resolver.ts'
export { type DnsServer, type DnsServerOptions, serveDns } from './dns/server.ts'
export {
  type Exchange,
  exchangeFrom,
  parseUpstream,
  type Upstream,
  upstreamsOfResolvConf,
} from './dns/upstream.ts'
export { buildZone, type View, type Zone, type ZoneEndpoint, type ZoneNetwork } from './dns/zone.ts'
export {
  type LeaseRequest,
  type LeaseSpace,
  type LeaseSpaceConfig,
  leaseAddress,
  leaseSpace,
} from './leases.ts'
export { bridgeName, linkName } from './link-names.ts'
export {
  type PortPlan,
  type PortRequest,
  parsePortKey,
  planPublishedPorts,
  portKey,
} from './published-ports.ts'
export { routesInUse } from './routes-in-use.ts'
export {
  type AddressPool,
  checkSubnet,
  chooseSubnet,
  defaultPools,
  defaultPools6,
  parseSubnet,
} from './subnet-pool.ts'
