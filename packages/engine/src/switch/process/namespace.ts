import { rmSync, statfsSync } from 'node:fs'
import { isSystemError } from '@container-compose/core'
import { changeLinks, createNetns, writeSysctl } from '@container-compose/native'

/** Makes the switch's namespace at its path, or takes the one that an earlier switch process left. */
export const ensureNamespace = async (path: string): Promise<void> => {
  if (!isNamespace(path)) {
    // A plain file is what a reboot leaves of a bind mount.
    rmSync(path, { force: true })
    await createNetns(path)
  }
  for (const [name, value] of settings) {
    try {
      await writeSysctl(path, name, value)
    } catch (error) {
      // A kernel without IPv6 or without br_netfilter lacks the setting because it lacks what it would set.
      if (!isSystemError(error, 'ENOENT')) throw error
    }
  }
  await changeLinks(path, [{ kind: 'link.set', name: 'lo', isUp: true }])
}

const settings: readonly (readonly [name: string, value: string])[] = [
  // Which networks reach what is decided by the rules, who also tell a client at once that they refused.
  ['net/ipv4/ip_forward', '1'],
  ['net/ipv6/conf/all/forwarding', '1'],
  // Frames between two ports of one bridge are no business of the forward chain, which drops what it does not know.
  ['net/bridge/bridge-nf-call-iptables', '0'],
  ['net/bridge/bridge-nf-call-ip6tables', '0'],
  ['net/bridge/bridge-nf-call-arptables', '0'],
  // IPv6 only where a network has an IPv6 subnet, and never by what a container advertises.
  ['net/ipv6/conf/default/disable_ipv6', '1'],
  ['net/ipv6/conf/default/accept_ra', '0'],
  ['net/ipv4/conf/all/rp_filter', '1'],
  ['net/ipv4/conf/all/accept_redirects', '0'],
  ['net/ipv4/conf/all/send_redirects', '0'],
]

/** NSFS_MAGIC of linux/magic.h */
const nsfs = 0x6e736673

const isNamespace = (path: string): boolean => {
  try {
    return statfsSync(path).type === nsfs
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}
