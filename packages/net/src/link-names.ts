/** Names of links in the switch namespace: at most 15 bytes, from ids alone, so that anybody can tell what a link belongs to. */

/** `br-` and 12 digits of the network's id, as Docker names its bridges. */
export const bridgeName = (networkId: string): string => `br-${networkId.slice(0, 12)}`

/** An endpoint's tap or veth: `t`, 8 digits of the container's id, 5 of the network's. */
export const linkName = (containerId: string, networkId: string): string =>
  `t${containerId.slice(0, 8)}-${networkId.slice(0, 5)}`
