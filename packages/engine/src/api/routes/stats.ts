import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Container } from '../../containers/container.ts'
import { never, rfc3339 } from '../../containers/time.ts'
import type { Usage } from '../../runtime/runtime.ts'
import { queryFlag, sendJson } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import type { Call } from '../router.ts'

const periodMs = 1000

/** `GET /containers/{id}/stats`: one reading, or one a second until the container or the client goes. */
export const sendStats = async (engine: EngineContext, container: Container, call: Call): Promise<void> => {
  const { response, query } = call
  const stream = queryFlag(query, 'stream', true)
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  let previous = queryFlag(query, 'one-shot') || container.running === undefined ? emptyReading : undefined
  if (!stream) {
    previous ??= await read(engine, container)
    if (previous !== emptyReading) await engine.clock.sleep(periodMs, gone.signal).catch(() => undefined)
    sendJson(call, 200, statsOf(container, await read(engine, container), previous))
    return
  }
  response.writeHead(200, { 'Content-Type': 'application/json' })
  previous = emptyReading
  while (!gone.signal.aborted && engine.containers.find(container.id) !== undefined) {
    const current: Reading = await read(engine, container)
    response.write(`${JSON.stringify(statsOf(container, current, previous))}\n`)
    previous = current
    await engine.clock.sleep(periodMs, gone.signal).catch(() => undefined)
  }
  response.end()
}

interface Reading {
  readonly at: number
  readonly usage: Usage | undefined
  /** Nanoseconds of all CPUs of the host, idle time included. */
  readonly system: number
}

const emptyReading: Reading = { at: 0, usage: undefined, system: 0 }

const read = async ({ clock }: EngineContext, { running, state }: Container): Promise<Reading> => {
  // The run may end while it is asked, and one that is paused has nobody who answers.
  const usage = state.status === 'paused' ? undefined : await running?.usage().catch(() => undefined)
  return { at: clock.now(), usage, system: systemCpu() }
}

const ticksPerSecond = 100

const systemCpu = (): number => {
  const [, fields = ''] = /^cpu +(.*)/.exec(readFileSync('/proc/stat', 'utf8')) ?? []
  // The last two are parts of the first two (guest time).
  const ticks = fields
    .split(' ')
    .slice(0, 8)
    .reduce((sum, field) => sum + Number(field), 0)
  return (ticks * 1e9) / ticksPerSecond
}

const statsOf = ({ document }: Container, current: Reading, previous: Reading) => ({
  id: document.id,
  name: `/${document.name}`,
  read: current.usage === undefined ? never : rfc3339(current.at),
  preread: previous.usage === undefined ? never : rfc3339(previous.at),
  num_procs: 0,
  pids_stats: current.usage === undefined ? {} : { current: current.usage.pids },
  cpu_stats: cpuStats(current),
  precpu_stats: cpuStats(previous),
  memory_stats:
    current.usage === undefined
      ? {}
      : { usage: current.usage.memoryBytes, limit: current.usage.memoryLimitBytes, stats: {} },
  blkio_stats: { io_service_bytes_recursive: null },
  storage_stats: {},
  networks: {},
})

const cpuStats = ({ usage, system }: Reading) => ({
  cpu_usage: { total_usage: Number(usage?.cpuTotal ?? 0n), usage_in_kernelmode: 0, usage_in_usermode: 0 },
  ...(usage !== undefined && { system_cpu_usage: system, online_cpus: cpus().length }),
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
})
