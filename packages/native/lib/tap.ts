import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { checkInteger, checkLinkName, checkString } from './arguments.ts'
import { binding, SystemError } from './binding.ts'
import { changeLinks, listLinks } from './netlink/netlink.ts'

export interface TapOptions {
  /** Joins this bridge of the same namespace. Default: none. */
  readonly bridge?: string
  /** Frames carry a virtio_net_hdr, so that checksums and segmentation are left to the other side. Default: true. */
  readonly vnetHdr?: boolean
  /** Default: the kernel's, 1500. */
  readonly mtu?: number
}

/**
 * Makes a tap inside a network namespace, sets it up, and gives its descriptor, which the caller owns (close-on-exec;
 * spawn passes it on by `stdio`). The tap lives as long as a descriptor of it is open.
 *
 * @throws SystemError `EBUSY` when a tap of that name is open already, `ENODEV` when the bridge is absent.
 */
export const openTap = async (netnsPath: string, name: string, options: TapOptions = {}): Promise<number> =>
  binding().openTap(
    checkString('netnsPath', netnsPath),
    checkLinkName('name', name),
    options.bridge === undefined ? '' : checkLinkName('bridge', options.bridge),
    options.vnetHdr ?? true,
    options.mtu === undefined ? 0 : checkInteger('mtu', options.mtu, 68, 65535),
  )

/** A tap in some namespace, which a process has open. */
export interface TapElsewhere {
  readonly netnsPath: string
  readonly name: string
}

/**
 * Moves a tap that a process has open into a network namespace, where it gets a name, joins its bridge and is set up. Whoever has
 * it open notices nothing.
 *
 * @throws SystemError `ENODEV` when the tap or the bridge is absent, `EEXIST` when the name is taken.
 */
export const plugTap = async (
  tap: TapElsewhere,
  netnsPath: string,
  name: string,
  options: Omit<TapOptions, 'vnetHdr'> = {},
): Promise<void> => {
  const link = (await listLinks(tap.netnsPath)).find((each) => each.name === tap.name)
  if (link === undefined) throw new SystemError(constants.errno.ENODEV, 'plugTap', tap.name)
  const netns = openSync(checkString('netnsPath', netnsPath), 'r')
  try {
    await changeLinks(tap.netnsPath, [{ kind: 'link.move', index: link.index, newName: name, netns }])
  } finally {
    closeSync(netns)
  }
  await binding().setUpTap(
    netnsPath,
    checkLinkName('name', name),
    options.bridge === undefined ? '' : checkLinkName('bridge', options.bridge),
    options.mtu === undefined ? 0 : checkInteger('mtu', options.mtu, 68, 65535),
  )
}
