import type { Container } from '../containers/container.ts'
import type { LogRange, LogRecord, Runtime } from '../runtime/runtime.ts'
import { LineSplitter, type LogLine } from './lines.ts'

export interface LogsQuery {
  readonly stdout: boolean
  readonly stderr: boolean
  readonly follow: boolean
  /** Only of the last so many lines, both streams counted; undefined is of all. */
  readonly tail: number | undefined
  /** Nanoseconds since the epoch. */
  readonly since: bigint | undefined
  readonly until: bigint | undefined
  readonly signal: AbortSignal
}

/** The lines of a container's log that a query asks for, oldest first, in batches as they are there. */
export async function* readLogs(
  runtime: Pick<Runtime, 'readLog' | 'logPosition'>,
  container: Pick<Container, 'dir' | 'isUp'>,
  query: LogsQuery,
): AsyncGenerator<readonly LogLine[]> {
  const { tail, signal } = query
  const follow = query.follow && container.isUp
  const splitter = new LineSplitter()
  const fits = ({ stream, time }: LogLine) =>
    query[stream] && (query.since === undefined || time >= query.since)
  const isPast = ({ time }: LogRecord) => query.until !== undefined && time > query.until
  // What is written while the last lines are searched comes after them, once.
  const end = await runtime.logPosition(container)
  if (tail !== undefined) {
    const last: LogLine[] = []
    const kept = Math.max(0, tail)
    if (kept > 0)
      for await (const record of runtime.readLog(container, { follow: false, to: end, signal })) {
        if (isPast(record)) break
        last.push(...splitter.push(record))
        if (last.length > 2 * kept + 1000) last.splice(0, last.length - kept)
      }
    if (!follow) last.push(...splitter.rest())
    yield last.slice(Math.max(0, last.length - kept)).filter(fits)
    if (!follow) return
  }
  const range: LogRange = { follow, signal, ...(tail !== undefined && { from: end }) }
  for await (const record of runtime.readLog(container, range)) {
    if (isPast(record)) break
    const lines = splitter.push(record).filter(fits)
    if (lines.length > 0) yield lines
  }
  yield splitter.rest().filter(fits)
}
