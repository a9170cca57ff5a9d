import type { EngineStatus } from '@container-compose/engine'
import { renderFields } from './fields.ts'

/** What `engine status` prints; undefined: no engine runs. */
export const renderEngineStatus = (
  status: EngineStatus | undefined,
  { json, socket, columns }: StatusStyle,
): string => {
  if (json) return `${JSON.stringify(status ?? { running: false, socket }, null, 2)}\n`
  if (status === undefined) return `no engine runs on unix://${socket}\n`
  const { runtime, containers } = status
  const fields = [
    ['socket', `unix://${status.socket}`],
    ['pid', String(status.pid)],
    ['version', `${status.version} (API ${status.apiVersion}, build ${status.build})`],
    ['runtime', `${runtime.default} (${runtime.reason})`],
    ['acceleration', `${runtime.acceleration ?? 'unknown'} (${runtime.accelerationReason})`],
    ['containers', `${containers.total}, ${containers.running} running, ${containers.paused} paused`],
    ['images', String(status.images)],
    ['networks', String(status.networks)],
    ['volumes', String(status.volumes)],
    ['data', status.root.data],
    ['cache', status.root.cache],
    ['log', status.root.logFile],
  ] as const
  return renderFields(fields, { columns })
}

interface StatusStyle {
  readonly json: boolean
  /** Where an engine would answer. */
  readonly socket: string
  /** Of the terminal; undefined when there is none. */
  readonly columns: number | undefined
}
