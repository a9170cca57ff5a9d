import { parseTime } from '../../containers/time.ts'
import { type EngineEvent, eventFilterNames, eventFits } from '../../events/event-bus.ts'
import type { EngineContext } from '../engine-context.ts'
import { badParameter } from '../errors.ts'
import { parseFilters } from '../filters.ts'
import type { Call, Route } from '../router.ts'

export const eventRoutes = (engine: EngineContext): Route[] => [
  { method: 'GET', path: '/events', early: true, handler: (call) => sendEvents(engine, call) },
]

/** One JSON object a line: those of the past that `since` asks for, then what happens, until `until` or the client goes. */
const sendEvents = ({ events, clock }: EngineContext, { query, response }: Call): void => {
  const filters = parseFilters(query.get('filters'), eventFilterNames)
  const [since, until] = [milliseconds(query.get('since')), milliseconds(query.get('until'))]
  const now = clock.now()
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.flushHeaders()
  const send = (event: EngineEvent) => {
    if (!eventFits(event, filters)) return
    response.write(`${JSON.stringify(event)}\n`)
    if (response.writableLength > longestBacklog) response.destroy()
  }
  if (since !== undefined) for (const event of events.past(since, until ?? now)) send(event)
  if (until !== undefined && until <= now) {
    response.end()
    return
  }
  const unsubscribe = events.subscribe(send)
  const over = new AbortController()
  response.on('close', () => {
    unsubscribe()
    over.abort()
  })
  if (until !== undefined)
    clock.sleep(until - now, over.signal).then(
      () => response.end(),
      () => undefined,
    )
}

/** Bytes that wait for a listener: one that does not listen is let go, so that it learns that events are missing. */
const longestBacklog = 4 * 1024 * 1024

const milliseconds = (text: string | null): number | undefined => {
  try {
    const time = parseTime(text)
    return time === undefined ? undefined : Number(time / 1_000_000n)
  } catch (error) {
    throw badParameter((error as Error).message)
  }
}
