import type { Container } from '../../containers/container.ts'
import type { LogPosition, LogRecord, RunningContainer } from '../../runtime/runtime.ts'
import { queryFlag } from '../answer.ts'
import { DetachDetector, parseDetachKeys } from '../detach-keys.ts'
import type { EngineContext } from '../engine-context.ts'
import { conflict } from '../errors.ts'
import { frame } from '../frames.ts'
import { hijack, type RawStream, readHijackedJson } from '../hijack.ts'
import type { Call, Route } from '../router.ts'
import { pumpInput } from '../stdin.ts'
import { sendLogs } from './logs.ts'

/** The calls that carry a container's output and input. */
export const containerStreamRoutes = (engine: EngineContext): Route[] => [
  { method: 'POST', path: '/containers/:id/attach', handler: (call) => attach(engine, call) },
  { method: 'GET', path: '/containers/:id/logs', handler: (call) => sendLogs(engine, call) },
]

/**
 * Output is a tail of the log from where it was when the client asked, so that nothing of a container that is started afterwards
 * is missed. The stream ends with the run; for a container that does not run yet, with its next one.
 */
const attach = async (engine: EngineContext, call: Call): Promise<void> => {
  const container = engine.containers.get(call.params['id'] ?? '')
  const { query } = call
  const { Tty: terminal, OpenStdin } = container.document.config
  const wants = {
    stdin: queryFlag(query, 'stdin'),
    stdout: queryFlag(query, 'stdout'),
    stderr: queryFlag(query, 'stderr'),
    stream: queryFlag(query, 'stream'),
    logs: queryFlag(query, 'logs'),
  }
  if (container.state.status === 'paused')
    throw conflict(`container ${container.id} is paused, unpause the container before attach`)
  const keys = parseDetachKeys(query.get('detachKeys') ?? '')
  const runtime = engine.runtimes.get(container.document.runtime)
  // Some clients send an empty object, which is no input.
  await readHijackedJson(call)
  const position = await runtime.logPosition(container)
  const stream = hijack(call, { terminal })
  const run = runOf(container, stream.gone)
  if (wants.stdin && wants.stream && OpenStdin)
    void pumpInput(stream, inputOf(container, run), {
      detector: terminal ? new DetachDetector(keys) : undefined,
      onDetach: () => stream.end(),
    })
  else stream.input.resume()
  const sending = (async () => {
    if (wants.logs)
      await sendRecords(
        stream,
        runtime.readLog(container, { follow: false, to: position, signal: stream.gone }),
        {
          wants,
          terminal,
        },
      )
    if (wants.stream) await follow(engine, container, { stream, run, position, wants, terminal })
  })()
    .catch((error: unknown) => {
      if (!stream.gone.aborted) engine.log.warn({ err: error, id: container.id }, 'an attached stream broke')
    })
    .finally(() => {
      container.attached.delete(sending)
      stream.end()
    })
  container.attached.add(sending)
  await sending
}

/** The run that goes on or comes next; undefined when there will be none, or the client goes before. */
const runOf = (container: Container, gone: AbortSignal): Promise<RunningContainer | undefined> =>
  new Promise((resolve) => {
    if (container.running !== undefined) return resolve(container.running)
    const settle = () => {
      container.off('start', settle)
      container.off('idle', settle)
      container.off('removed', settle)
      gone.removeEventListener('abort', settle)
      resolve(container.running)
    }
    container.once('start', settle)
    container.once('idle', settle)
    container.once('removed', settle)
    gone.addEventListener('abort', settle)
  })

const inputOf = (container: Container, run: Promise<RunningContainer | undefined>) => ({
  write: async (data: Buffer) => (await run)?.writeStdin(data),
  end: async () => {
    if (container.document.config.StdinOnce) await (await run)?.closeStdin()
  },
})

interface Wants {
  readonly stdout: boolean
  readonly stderr: boolean
}

const follow = async (
  engine: EngineContext,
  container: Container,
  options: {
    readonly stream: RawStream
    readonly run: Promise<RunningContainer | undefined>
    readonly position: LogPosition
    readonly wants: Wants
    readonly terminal: boolean
  },
): Promise<void> => {
  const { stream, run, position } = options
  if ((await run) === undefined) return
  const runtime = engine.runtimes.get(container.document.runtime)
  await sendRecords(
    stream,
    runtime.readLog(container, { follow: true, from: position, signal: stream.gone }),
    options,
  )
}

const sendRecords = async (
  stream: RawStream,
  records: AsyncIterable<LogRecord>,
  { wants, terminal }: { readonly wants: Wants; readonly terminal: boolean },
): Promise<void> => {
  for await (const { stream: name, data } of records)
    if (wants[name]) await stream.write(terminal ? data : frame(name, data))
}
