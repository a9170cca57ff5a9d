import type { Switch } from '../../../switch/switch.ts'
import type { Endpoint } from '../../runtime.ts'

/** An endpoint as the switch knows it. Names matter to its document only, which the engine writes; a tap has none. */
export const switchEndpoint = (
  containerId: string,
  endpoint: Endpoint,
): Parameters<Switch['openTap']>[0] => ({
  containerId,
  networkId: endpoint.networkId,
  link: endpoint.link,
  bridge: endpoint.bridge,
  mac: endpoint.mac,
  ...(endpoint.ipv4 === undefined ? {} : { ipv4: withoutPrefix(endpoint.ipv4) }),
  ...(endpoint.ipv6 === undefined ? {} : { ipv6: withoutPrefix(endpoint.ipv6) }),
  names: [],
  running: true,
})

const withoutPrefix = (address: string): string => address.split('/')[0] ?? address
