export { SystemError } from './binding.ts'
export { flock, tryFlock } from './flock.ts'
export { Forwarder, type ForwardTarget } from './forwarder.ts'
export { memfd, sealMemfd } from './memfd.ts'
export { createNetns, removeNetns, writeSysctl } from './namespace.ts'
export type { AddressInfo, LinkChange, LinkInfo } from './netlink/link-messages.ts'
export { changeLinks, listAddresses, listLinks } from './netlink/netlink.ts'
export { type PidfdWaitOptions, pidfdWait, processStartTime } from './processes.ts'
export {
  bindSocket,
  connectUnix,
  type InetSocketOptions,
  listenUnix,
  localPort,
  sendDescriptor,
  socketInNetns,
  socketPair,
} from './sockets.ts'
export { copyData } from './sparse-copy.ts'
export { openTap, plugTap, type TapElsewhere, type TapOptions } from './tap.ts'
