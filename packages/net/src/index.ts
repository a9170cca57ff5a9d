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
