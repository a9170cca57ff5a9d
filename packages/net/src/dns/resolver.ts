import { answerLocally } from './answer.ts'
import { encodeError, encodeReply, parseQuery, type Rcode } from './message.ts'
import { askUpstreams, type Exchange, exchangeTcp, exchangeUdp, type Upstream } from './upstream.ts'
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
  /**
   * How a server is asked that is not reached from where this process is: `from` a socket elsewhere, or `never`.
   * Default: from here.
   */
  readonly reach?: (view: View, upstream: Upstream) => Exchange | 'never' | undefined
  /** Told about faults of ours; the asker gets SERVFAIL. */
  readonly onError?: (error: unknown) => void
}

/** Answers the question of a container from its networks, or from the resolvers outside where it may ask them. */
export const createResolver = ({ zone, upstreams, reach, onError }: ResolverOptions): Resolve => {
  let turn = 0
  let outside = 0
  const answer: Resolve = async (bytes, { networkId, address, transport }) => {
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
      const exchangeWith = (upstream: Upstream): Exchange | undefined => {
        const exchange = reach?.(view, upstream)
        if (exchange === 'never') return undefined
        return exchange ?? (transport === 'udp' ? exchangeUdp : exchangeTcp)
      }
      return (await askUpstreams(bytes, upstreams(view), exchangeWith)) ?? fail('SERVFAIL')
    } finally {
      outside--
    }
  }
  return (bytes, asker) =>
    answer(bytes, asker).catch((error: unknown) => {
      // A question that we cannot cope with must not end the names of everybody.
      onError?.(error)
      return encodeError(bytes, 'SERVFAIL')
    })
}

const mostQuestionsOutside = 512
