/** Requests about links and addresses, and what the kernel tells of them (rtnetlink(7); linux/if_link.h, if_addr.h). */
import { checkInteger, checkLinkName } from '../arguments.ts'
import { ipBytes, ipText } from './ip-bytes.ts'
import {
  attribute,
  cString,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REQUEST,
  type Request,
  readAttributes,
  readU32,
  u16,
  u32,
} from './message.ts'

export interface LinkInfo {
  readonly index: number
  readonly name: string
  readonly isUp: boolean
  readonly mtu: number
  /** Index of the bridge that it is a port of. */
  readonly master: number | undefined
  /** `bridge`, `tun`, `veth` …; undefined for what is not virtual. */
  readonly kind: string | undefined
}

export interface AddressInfo {
  /** Of the link. */
  readonly index: number
  readonly address: string
  readonly prefix: number
}

export type LinkChange =
  | {
      readonly kind: 'bridge.create'
      readonly name: string
      readonly mtu: number
      /** Default: that of its lowest port, which changes as ports come and go. */
      readonly mac?: string
    }
  | { readonly kind: 'link.delete'; readonly name: string }
  | {
      readonly kind: 'link.set'
      readonly name: string
      readonly isUp?: boolean
      readonly mtu?: number
      /** Packets that may wait to be sent. */
      readonly txQueueLength?: number
    }
  | {
      /** To another namespace, down, where it is called `newName`. */
      readonly kind: 'link.move'
      readonly index: number
      readonly newName: string
      /** A descriptor of the other namespace. */
      readonly netns: number
    }
  | ({ readonly kind: 'address.add' | 'address.remove' } & AddressInfo)

const RTM_NEWLINK = 16
const RTM_DELLINK = 17
const RTM_GETLINK = 18
const RTM_NEWADDR = 20
const RTM_DELADDR = 21
const RTM_GETADDR = 22

const IFLA_ADDRESS = 1
const IFLA_IFNAME = 3
const IFLA_MTU = 4
const IFLA_MASTER = 10
const IFLA_TXQLEN = 13
const IFLA_LINKINFO = 18
const IFLA_NET_NS_FD = 28
const IFLA_INFO_KIND = 1
const IFLA_INFO_DATA = 2
const IFLA_BR_FORWARD_DELAY = 1
const IFLA_BR_STP_STATE = 5
const IFLA_BR_MCAST_SNOOPING = 23

const IFA_ADDRESS = 1
const IFA_LOCAL = 2
const IFA_F_NODAD = 0x02

const IFF_UP = 1
const AF_INET = 2
const AF_INET6 = 10

/** struct ifinfomsg; without an index the link is named by an attribute. */
const linkHeader = (flags = 0, change = 0, index = 0): Buffer =>
  Buffer.concat([u16(0), u16(0), u32(index), u32(flags), u32(change)])

const named = (name: string): Buffer => attribute(IFLA_IFNAME, cString(checkLinkName('name', name)))

const mtuOf = (mtu: number): Buffer => attribute(IFLA_MTU, u32(checkInteger('mtu', mtu, 68, 65535)))

const macBytes = (mac: string): Buffer => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac))
    throw new TypeError(`Expected a MAC address for \`mac\`, received ${JSON.stringify(mac)}`)
  return Buffer.from(mac.replaceAll(':', ''), 'hex')
}

const subjectOf = (change: LinkChange): string => {
  if ('name' in change) return change.name
  return 'newName' in change ? change.newName : `${change.address}/${change.prefix}`
}

export const encodeChange = (change: LinkChange): Request => {
  const flags = NLM_F_REQUEST | NLM_F_ACK
  const subject = `${change.kind} ${subjectOf(change)}`
  switch (change.kind) {
    case 'bridge.create': {
      // No loops can come to be, so ports forward at once; and frames to a group go to all, as on any small switch.
      const data = [
        attribute(IFLA_BR_FORWARD_DELAY, u32(0)),
        attribute(IFLA_BR_STP_STATE, u32(0)),
        attribute(IFLA_BR_MCAST_SNOOPING, Buffer.from([0])),
      ]
      const info = [attribute(IFLA_INFO_KIND, cString('bridge')), attribute(IFLA_INFO_DATA, ...data)]
      const body = [
        linkHeader(),
        named(change.name),
        mtuOf(change.mtu),
        ...(change.mac === undefined ? [] : [attribute(IFLA_ADDRESS, macBytes(change.mac))]),
        attribute(IFLA_LINKINFO, ...info),
      ]
      return { type: RTM_NEWLINK, flags: flags | NLM_F_CREATE | NLM_F_EXCL, body, subject }
    }
    case 'link.delete':
      return { type: RTM_DELLINK, flags, body: [linkHeader(), named(change.name)], subject }
    case 'link.set': {
      const { isUp, mtu, txQueueLength } = change
      const body = [
        isUp === undefined ? linkHeader() : linkHeader(isUp ? IFF_UP : 0, IFF_UP),
        named(change.name),
        ...(mtu === undefined ? [] : [mtuOf(mtu)]),
        ...(txQueueLength === undefined ? [] : [attribute(IFLA_TXQLEN, u32(txQueueLength))]),
      ]
      return { type: RTM_NEWLINK, flags, body, subject }
    }
    case 'link.move': {
      const { newName, netns } = change
      // By its index: a link that is named by its name can't be renamed at once.
      const index = checkInteger('index', change.index, 1, 2 ** 31 - 1)
      const body = [linkHeader(0, 0, index), named(newName), attribute(IFLA_NET_NS_FD, u32(netns))]
      return { type: RTM_NEWLINK, flags, body, subject }
    }
    case 'address.add':
    case 'address.remove': {
      const bytes = ipBytes(change.address)
      const family = bytes.length === 4 ? AF_INET : AF_INET6
      const prefix = checkInteger('prefix', change.prefix, 0, bytes.length * 8)
      // An IPv6 address of ours is unique by construction: without IFA_F_NODAD nobody could bind to it for a second.
      const header = Buffer.concat([Buffer.from([family, prefix, IFA_F_NODAD, 0]), u32(change.index)])
      const body = [header, attribute(IFA_LOCAL, bytes), attribute(IFA_ADDRESS, bytes)]
      return change.kind === 'address.add'
        ? { type: RTM_NEWADDR, flags: flags | NLM_F_CREATE | NLM_F_EXCL, body, subject }
        : { type: RTM_DELADDR, flags, body, subject }
    }
  }
}

export const listLinksRequest: Request = {
  type: RTM_GETLINK,
  flags: NLM_F_REQUEST | NLM_F_DUMP,
  body: [linkHeader()],
  subject: 'links',
}

export const listAddressesRequest: Request = {
  type: RTM_GETADDR,
  flags: NLM_F_REQUEST | NLM_F_DUMP,
  body: [Buffer.alloc(8)],
  subject: 'addresses',
}

const textOf = (bytes: Buffer | undefined): string => bytes?.toString('utf8').replace(/\0.*$/s, '') ?? ''

export const decodeLink = (payload: Buffer): LinkInfo => {
  const attributes = readAttributes(payload, 16)
  const info = attributes.get(IFLA_LINKINFO)
  const kind = info && readAttributes(info, 0).get(IFLA_INFO_KIND)
  const master = attributes.get(IFLA_MASTER)
  const mtu = attributes.get(IFLA_MTU)
  return {
    index: readU32(payload, 4),
    name: textOf(attributes.get(IFLA_IFNAME)),
    isUp: (readU32(payload, 8) & IFF_UP) !== 0,
    mtu: mtu ? readU32(mtu, 0) : 0,
    master: master && readU32(master, 0),
    kind: kind && textOf(kind),
  }
}

export const decodeAddress = (payload: Buffer): AddressInfo => {
  const attributes = readAttributes(payload, 8)
  // On point-to-point links IFA_ADDRESS is the other end.
  const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS) ?? Buffer.alloc(4)
  return { index: readU32(payload, 4), address: ipText(address), prefix: payload[1] ?? 0 }
}
