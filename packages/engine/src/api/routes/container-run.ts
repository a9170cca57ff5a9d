import type { Container } from '../../containers/container.ts'
import { refusePaused } from '../../containers/pause.ts'
import type { RunningContainer } from '../../runtime/runtime.ts'
import { sendJson, sendStatus } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import { badParameter, conflict } from '../errors.ts'
import type { Call, Route } from '../router.ts'
import { sendStats } from './stats.ts'

/** Calls about the run of a container: how it ends, its terminal, its processes, what it uses. */
export const containerRunRoutes = (engine: EngineContext): Route[] => {
  const ofContainer = ({ params }: Call) => engine.containers.get(params['id'] ?? '')
  return [
    { method: 'POST', path: '/containers/:id/wait', handler: (call) => wait(ofContainer(call), call) },
    {
      method: 'POST',
      path: '/containers/:id/resize',
      handler: async (call) => {
        await runOf(ofContainer(call), 'resize').resize(terminalSize(call))
        sendStatus(call, 200)
      },
    },
    {
      method: 'GET',
      path: '/containers/:id/top',
      handler: async (call) => sendJson(call, 200, await top(runOf(ofContainer(call), 'top'), call.query)),
    },
    {
      method: 'GET',
      path: '/containers/:id/stats',
      handler: (call) => sendStats(engine, ofContainer(call), call),
    },
  ]
}

const runOf = (container: Container, before: string): RunningContainer => {
  refusePaused(container, before)
  if (container.running === undefined) throw conflict(`container ${container.id} is not running`)
  return container.running
}

/** `h` and `w` of a query. @throws ApiError 400 */
export const terminalSize = ({ query }: Pick<Call, 'query'>) => {
  const read = (name: string, noun: string): number => {
    const text = query.get(name) ?? ''
    if (!/^\d{1,9}$/.test(text)) throw badParameter(`invalid resize ${noun} "${text}": invalid syntax`)
    return Math.min(Number(text), 65_535)
  }
  return { rows: read('h', 'height'), columns: read('w', 'width') }
}

const conditions = ['not-running', 'next-exit', 'removed']

/** Headers go out at once: by them a client knows that it will not miss an end that comes after its next call. */
const wait = (container: Container, { query, response }: Call): void => {
  const condition = query.get('condition') || 'not-running'
  if (!conditions.includes(condition)) throw badParameter(`invalid condition: "${condition}"`)
  response.writeHead(200, { 'Content-Type': 'application/json' })
  response.flushHeaders()
  const answer = () => {
    stop()
    const { exitCode, error } = container.state
    response.end(
      `${JSON.stringify({ StatusCode: exitCode, ...(error !== '' && { Error: { Message: error } }) })}\n`,
    )
  }
  const stop = () => {
    container.off('exit', answer)
    container.off('removed', answer)
  }
  response.on('close', stop)
  const { status } = container.state
  const isOver = !container.isUp && status !== 'starting' && status !== 'restarting'
  if (condition === 'not-running' && isOver) answer()
  else if (condition === 'removed') container.once('removed', answer)
  else {
    container.once('exit', answer)
    // A container that is removed before it was started never exits.
    container.once('removed', answer)
  }
}

const top = async (running: RunningContainer, query: URLSearchParams) => {
  const columns = query.get('ps_args') || '-ef'
  if (!['-ef', 'ef', '-e -f'].includes(columns))
    throw badParameter(`ps_args "${columns}" is not supported: only the columns of "ps -ef" are known`)
  const processes = await running.processes()
  return {
    Titles: ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD'],
    Processes: processes.map(({ uid, pid, ppid, startedAt, cpuMs, command }) => [
      uid === 0 ? 'root' : String(uid),
      String(pid),
      String(ppid),
      '0',
      new Date(startedAt).toISOString().slice(11, 16),
      '?',
      clockTime(cpuMs),
      command,
    ]),
  }
}

const clockTime = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  const part = (value: number) => String(value).padStart(2, '0')
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`
}
