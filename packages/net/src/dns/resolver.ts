import { answerLocally } from './answer.ts'
import { encodeError, encodeReply, parseQuery, type Rcode } from './message.ts'
import { askUpstreams, exchangeTcp, exchangeUdp, type Upstream } from './upstream.ts'
import type { View, Zone } from './zone.ts'

export interface Asker {
  readonly networkId: string
  readonly address: string
  readonly transport: 'udp' | 'tcp'
}

/** Undefined: no answer. Never rejects. */
export type Resolve = (query: Buffer, asker: Asker) => Promise<Buffer | undefined>

export interface ResolverOptions {
  /** The zone of now. */
  readonly zone: () => Zone
  /** The servers for other names. */
  readonly upstreams: (view: View) => readonly Upstream[]
}

/** Answers the question of a container from its networks, or from the resolvers outside where it may ask them. */
export const createResolver = ({ zone, upstreams }: ResolverOptions): Resolve => {
  let turn = 0
  let outside = 0
  return async (bytes, { networkId, address, transport }) => {
    const query = parseQuery(bytes)
    if (query === undefined) return undefined
    if (typeof query === 'string') return encodeError(bytes, query)
    const maxSize = transport === 'udp' ? query.udpSize : 65535
    const fail = (rcode: Rcode): Buffer => encodeReply(query, rcode, [], maxSize)
    const view = zone().viewOf(networkId, address)
    if (view === undefined) return fail('REFUSED')
    const local = answerLocally(query, view, turn++, maxSize)
    if (local !== undefined) return local
    // One container that asks without end must not take all sockets of the machine.
    if (outside >= mostQuestionsOutside) return fail('SERVFAIL')
    outside++
    try {
      const exchange = transport === 'udp' ? exchangeUdp : exchangeTcp
      return (await askUpstreams(bytes, upstreams(view), exchange)) ?? fail('SERVFAIL')
    } finally {
      outside--
    }
  }
}

const mostQuestionsOutside = 512
