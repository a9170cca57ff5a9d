import type { Answer } from 'dns-packet'
import { encodeReply, type Query, type Rcode } from './message.ts'
import { addressOfReverseName } from './reverse-name.ts'
import type { View } from './zone.ts'

/** How long an answer may be kept, in seconds: short, since a container that comes again may have another address. */
const ttl = 10

/**
 * The answer from what the asker may know, or undefined when the question is for the resolvers outside.
 *
 * @param turn Counts up from question to question, so that the replicas of a service are named first in turn.
 */
export const answerLocally = (
  query: Query,
  view: View,
  turn: number,
  maxSize: number,
): Buffer | undefined => {
  const reply = (rcode: Rcode, answers: readonly Answer[] = []): Buffer =>
    encodeReply(query, rcode, answers, maxSize)
  const { name, type } = query.question
  const address = addressOfReverseName(query.name)
  if (address !== undefined) {
    const owner = view.reverse(address)
    if (owner === null) return reply('NXDOMAIN')
    if (owner !== undefined)
      return reply('NOERROR', type === 'PTR' ? [{ type: 'PTR', name, ttl, data: owner }] : [])
  }
  const found = view.lookup(query.name)
  if (found !== undefined) {
    const records = [
      ...(type === 'A' || type === 'ANY' ? rotated(found.ipv4, turn) : []).map(
        (data): Answer => ({ type: 'A', name, ttl, data }),
      ),
      ...(type === 'AAAA' || type === 'ANY' ? rotated(found.ipv6, turn) : []).map(
        (data): Answer => ({ type: 'AAAA', name, ttl, data }),
      ),
    ]
    return reply('NOERROR', records)
  }
  return view.mayAskOutside ? undefined : reply('NXDOMAIN')
}

const rotated = <T>(list: readonly T[], turn: number): T[] => {
  const start = list.length === 0 ? 0 : turn % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}
