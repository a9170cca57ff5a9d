/** Netlink messages as bytes (RFC 3549; include/uapi/linux/netlink.h): numbers are in the byte order of the machine. */
import { endianness } from 'node:os'
import { SystemError } from '../binding.ts'

const little = endianness() === 'LE'

export const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  if (little) bytes.writeUInt16LE(value)
  else bytes.writeUInt16BE(value)
  return bytes
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  if (little) bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}

export const readU16 = (bytes: Buffer, at: number): number =>
  little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)

export const readU32 = (bytes: Buffer, at: number): number =>
  little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)

const readI32 = (bytes: Buffer, at: number): number => readU32(bytes, at) | 0

const aligned = (size: number): number => (size + 3) & ~3

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(aligned(bytes.length) - bytes.length)])

export const attribute = (type: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  return padded(Buffer.concat([u16(4 + body.length), u16(type), body]))
}

/** A text with its closing zero. */
export const cString = (text: string): Buffer => Buffer.from(`${text}\0`)

export interface Request {
  readonly type: number
  readonly flags: number
  readonly body: readonly Buffer[]
  /** What the request is about, for the error. */
  readonly subject: string
}

export const NLM_F_REQUEST = 0x1
export const NLM_F_ACK = 0x4
export const NLM_F_DUMP = 0x300
export const NLM_F_EXCL = 0x200
export const NLM_F_CREATE = 0x400

/** The requests, numbered from 1 in `nlmsg_seq`. */
export const encodeRequests = (requests: readonly Request[]): Buffer =>
  Buffer.concat(
    requests.map(({ type, flags, body }, index) => {
      const payload = Buffer.concat(body)
      return padded(
        Buffer.concat([u32(16 + payload.length), u16(type), u16(flags), u32(index + 1), u32(0), payload]),
      )
    }),
  )

const NLMSG_ERROR = 2
const NLMSG_DONE = 3

/**
 * The payloads of the answers that are data.
 *
 * @throws SystemError of the first request that the kernel refused.
 */
export const decodeAnswers = (answers: Buffer, requests: readonly Request[]): Buffer[] => {
  const payloads: Buffer[] = []
  for (let at = 0; at + 16 <= answers.length; at += aligned(readU32(answers, at))) {
    const payload = answers.subarray(at + 16, at + readU32(answers, at))
    const type = readU16(answers, at + 4)
    if (type !== NLMSG_ERROR && type !== NLMSG_DONE) payloads.push(payload)
    const error = payload.length >= 4 && type === NLMSG_ERROR ? -readI32(payload, 0) : 0
    if (error !== 0)
      throw new SystemError(error, 'rtnetlink', requests[readU32(answers, at + 8) - 1]?.subject ?? '')
  }
  return payloads
}

/** The attributes that follow a fixed header of `headerSize` bytes. */
export const readAttributes = (payload: Buffer, headerSize: number): Map<number, Buffer> => {
  const attributes = new Map<number, Buffer>()
  for (let at = headerSize; at + 4 <= payload.length; ) {
    const size = readU16(payload, at)
    if (size < 4) break
    // The two highest bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
    attributes.set(readU16(payload, at + 2) & 0x3fff, payload.subarray(at + 4, at + size))
    at += aligned(size)
  }
  return attributes
}
