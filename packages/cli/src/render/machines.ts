import { type ContainerDetails, type ContainerSummary, label, nameOf } from '@container-compose/orchestrator'
import { renderTable } from './table.ts'

/** One container as the machine that it is; what the engine does not tell is null. */
export interface Machine {
  readonly name: string
  readonly service: string
  /** One for each network, in the order of their names. */
  readonly addresses: readonly string[]
  readonly runtime: string | null
  readonly acceleration: string | null
  /** The limit, or what the machine has; null: nobody tells. */
  readonly cpus: number | null
  /** The limit, or what the machine has; null: nobody tells. */
  readonly memoryBytes: number | null
  readonly startedInMs: number | null
  readonly pid: number | null
  /** As `ps` tells it: `Up 5 seconds (healthy)`. */
  readonly status: string
}

export const machineOf = (
  summary: ContainerSummary,
  { HostConfig, NetworkSettings, Machine: machine }: ContainerDetails,
): Machine => {
  const runtime = machine?.Runtime ?? HostConfig['Runtime']
  return {
    name: nameOf(summary),
    service: summary.Labels?.[label.service] ?? '',
    addresses: Object.entries(NetworkSettings.Networks ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { IPAddress }]) => (IPAddress ? [IPAddress] : [])),
    runtime: typeof runtime === 'string' && runtime !== '' ? runtime : null,
    acceleration: machine?.Acceleration ?? null,
    cpus: limit(HostConfig['NanoCpus'], 1e9) ?? machine?.Cpus ?? null,
    memoryBytes: limit(HostConfig['Memory'], 1) ?? machine?.Memory ?? null,
    startedInMs: machine?.StartedInMs ?? null,
    pid: machine?.Pid ?? null,
    status: summary.Status,
  }
}

const limit = (value: unknown, unit: number): number | null =>
  typeof value === 'number' && value > 0 ? value / unit : null

export const renderMachines = (machines: readonly Machine[]): string =>
  renderTable(
    ['NAME', 'SERVICE', 'ADDRESS', 'RUNTIME', 'CPUS', 'MEMORY', 'STARTED IN', 'STATE'],
    machines.map((machine) => [
      machine.name,
      machine.service,
      machine.addresses.join(', ') || '-',
      runtimeText(machine),
      machine.cpus === null ? '-' : String(machine.cpus),
      machine.memoryBytes === null ? '-' : memoryText(machine.memoryBytes),
      machine.startedInMs === null ? '-' : `${Math.round(machine.startedInMs)} ms`,
      stateText(machine),
    ]),
    { minimum: 0, gap: 2 },
  )

const runtimeText = ({ runtime, acceleration }: Machine): string => {
  if (runtime === null) return '-'
  return acceleration === null ? runtime : `${runtime} (${acceleration})`
}

/** `healthy`, `health: starting`, `Paused`; `up` when nobody checks. */
const stateText = ({ status }: Machine): string => /\((.*)\)$/.exec(status)?.[1] ?? 'up'

/** In the units of `mem_limit`. */
const memoryText = (bytes: number): string => {
  const mebibytes = bytes / 1024 ** 2
  return mebibytes >= 1024
    ? `${Number((mebibytes / 1024).toFixed(1))} GiB`
    : `${Number(mebibytes.toFixed(1))} MiB`
}
