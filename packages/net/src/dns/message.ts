/** DNS messages as bytes (RFC 1035 section 4, EDNS of RFC 6891). */
import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  decode,
  encode,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet'

export const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
export type Rcode = keyof typeof rcodes

export interface Query {
  readonly packet: DecodedPacket
  readonly question: { readonly name: string; readonly type: string }
  /** Lower case, without the dot at the end. */
  readonly name: string
  /** Largest answer by UDP that the asker takes, in bytes. */
  readonly udpSize: number
  readonly hasEdns: boolean
}

/** What was asked, or the code that answers it; undefined for what deserves no answer (a response, a fragment). */
export const parseQuery = (bytes: Buffer): Query | Rcode | undefined => {
  if (bytes.length < 12 || ((bytes[2] ?? 0) & 0x80) !== 0) return undefined
  if (((bytes[2] ?? 0) & 0x78) !== 0) return 'NOTIMP'
  if (bytes.readUInt16BE(4) !== 1) return 'FORMERR'
  let packet: DecodedPacket
  try {
    packet = decode(bytes)
  } catch {
    return 'FORMERR'
  }
  const question = packet.questions?.[0]
  if (question === undefined) return 'FORMERR'
  const edns = packet.additionals?.find((record) => record.type === 'OPT')
  return {
    packet,
    question,
    name: question.name.toLowerCase().replace(/\.$/, ''),
    udpSize: edns?.type === 'OPT' ? Math.min(Math.max(edns.udpPayloadSize, 512), largestUdpAnswer) : 512,
    hasEdns: edns !== undefined,
  }
}

/** So that no answer needs fragments on any network (DNS flag day 2020). */
const largestUdpAnswer = 1232

/** The answer to a query, cut to nothing but the flag that says so where it does not fit `maxSize`. */
export const encodeReply = (
  query: Query,
  rcode: Rcode,
  answers: readonly Answer[],
  maxSize = Number.POSITIVE_INFINITY,
): Buffer => {
  const { packet, hasEdns } = query
  const write = (flags: number, list: readonly Answer[]): Buffer =>
    encode({
      type: 'response',
      id: packet.id ?? 0,
      flags: flags | ((packet.flags ?? 0) & RECURSION_DESIRED) | RECURSION_AVAILABLE | rcodes[rcode],
      questions: packet.questions ?? [],
      answers: [...list],
      additionals: hasEdns ? [edns] : [],
    })
  const reply = write(AUTHORITATIVE_ANSWER, answers)
  return reply.length <= maxSize ? reply : write(AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE, [])
}

const edns: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: largestUdpAnswer,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
} as Answer

/** The answer to what could not be read: its header with the code, and no more. */
export const encodeError = (query: Buffer, rcode: Rcode): Buffer => {
  const reply = Buffer.alloc(12)
  query.copy(reply, 0, 0, 2)
  reply[2] = 0x80 | ((query[2] ?? 0) & 0x79)
  reply[3] = 0x80 | rcodes[rcode]
  return reply
}

/** Whether bytes from outside are an answer to exactly this query: its id, and its question byte for byte. */
export const isReplyTo = (query: Buffer, reply: Buffer): boolean => {
  if (reply.length < 12 || reply.readUInt16BE(0) !== query.readUInt16BE(0)) return false
  if (((reply[2] ?? 0) & 0x80) === 0) return false
  // Some servers send an error without the question.
  if (reply.readUInt16BE(4) === 0) return rcodeOf(reply) !== rcodes.NOERROR
  const end = questionEnd(query)
  // Names are compared without case: not every server gives back the one that it got.
  return query.toString('latin1', 12, end).toLowerCase() === reply.toString('latin1', 12, end).toLowerCase()
}

export const rcodeOf = (reply: Buffer): number => (reply[3] ?? 0) & 0x0f

const questionEnd = (query: Buffer): number => {
  let at = 12
  while (at < query.length && query[at] !== 0) at += (query[at] ?? 0) + 1
  return at + 5
}
