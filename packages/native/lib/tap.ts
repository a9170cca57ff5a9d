import { checkInteger, checkLinkName, checkString } from './arguments.ts'
import { binding } from './binding.ts'

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
