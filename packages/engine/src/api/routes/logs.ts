import { parseTime, rfc3339Nano } from '../../containers/time.ts'
import type { LogLine } from '../../logs/lines.ts'
import { readLogs } from '../../logs/read-logs.ts'
import { queryFlag } from '../answer.ts'
import { drained } from '../drained.ts'
import type { EngineContext } from '../engine-context.ts'
import { badParameter } from '../errors.ts'
import { frame } from '../frames.ts'
import type { Call } from '../router.ts'
import { atLeast } from '../version.ts'

/** `GET /containers/{id}/logs`: lines as the API's frames, or as they are when the container has a terminal. */
export const sendLogs = async (engine: EngineContext, call: Call): Promise<void> => {
  const { query, response } = call
  const container = engine.containers.get(call.params['id'] ?? '')
  const { Tty: terminal } = container.document.config
  const [stdout, stderr] = [queryFlag(query, 'stdout'), queryFlag(query, 'stderr')]
  if (!stdout && !stderr) throw badParameter('Bad parameters: you must choose at least one stream')
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const lines = readLogs(engine.runtimes.get(container.document.runtime), container, {
    stdout,
    stderr,
    follow: queryFlag(query, 'follow'),
    tail: tailOf(query.get('tail')),
    since: time(query.get('since')),
    until: time(query.get('until')),
    signal: gone.signal,
  })
  const timestamps = queryFlag(query, 'timestamps')
  const multiplexed = !terminal && atLeast(call.apiVersion, '1.42')
  response.writeHead(200, {
    'Content-Type': `application/vnd.docker.${multiplexed ? 'multiplexed' : 'raw'}-stream`,
  })
  response.flushHeaders()
  try {
    for await (const batch of lines)
      for (const chunk of encode(batch, { terminal, timestamps }))
        if (!response.write(chunk)) await drained(response)
    response.end()
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}

/** `all`, or the last so many lines; what is no number is all, as in Docker. */
const tailOf = (text: string | null): number | undefined =>
  text !== null && /^\d{1,12}$/.test(text) ? Number(text) : undefined

const time = (text: string | null): bigint | undefined => {
  try {
    return parseTime(text)
  } catch (error) {
    throw badParameter(`invalid value for "since" or "until": ${(error as Error).message}`)
  }
}

const encode = (
  lines: readonly LogLine[],
  options: { readonly terminal: boolean; readonly timestamps: boolean },
): Buffer[] => {
  const stamped = options.timestamps
    ? lines.map((line) => ({ ...line, data: Buffer.concat([stamp(line), line.data]) }))
    : lines
  // Lines of one stream that follow each other share a frame: a hundred thousand small writes would take seconds.
  const runs: { stream: LogLine['stream']; parts: Buffer[] }[] = []
  for (const { stream, data } of stamped) {
    const last = runs.at(-1)
    if (last?.stream === stream) last.parts.push(data)
    else runs.push({ stream, parts: [data] })
  }
  return runs.map(({ stream, parts }) =>
    options.terminal ? Buffer.concat(parts) : frame(stream, Buffer.concat(parts)),
  )
}

const stamp = ({ time: at }: LogLine): Buffer => Buffer.from(`${rfc3339Nano(at)} `)
