import type { PortSummary } from '@container-compose/orchestrator'

/**
 * Ports as `docker ps` shows them: `99/tcp, 0.0.0.0:8101->80/tcp`. Runs of ports that keep their number inside and outside are
 * shown as ranges; those that change it come last, one by one.
 */
export const renderPorts = (ports: readonly PortSummary[]): string => {
  const runs: Run[] = []
  const changed: string[] = []
  for (const { IP = '', PrivatePort, PublicPort = 0, Type } of [...ports].sort(byPort)) {
    if (PublicPort > 0 && PublicPort !== PrivatePort) {
      changed.push(`${address(IP)}:${PublicPort}->${PrivatePort}/${Type}`)
      continue
    }
    const ip = PublicPort > 0 ? IP : undefined
    const run = runs.findLast((one) => one.ip === ip && one.type === Type)
    if (run !== undefined && run.last + 1 === PrivatePort) run.last = PrivatePort
    else runs.push({ ip, type: Type, first: PrivatePort, last: PrivatePort })
  }
  return [...runs.map(renderRun), ...changed].join(', ')
}

interface Run {
  /** Undefined for ports that are only exposed. */
  readonly ip: string | undefined
  readonly type: string
  readonly first: number
  last: number
}

const byPort = (a: PortSummary, b: PortSummary): number =>
  a.PrivatePort - b.PrivatePort ||
  compare(a.IP ?? '', b.IP ?? '') ||
  (a.PublicPort ?? 0) - (b.PublicPort ?? 0) ||
  compare(a.Type, b.Type)

const renderRun = ({ ip, type, first, last }: Run): string => {
  const range = first === last ? `${first}` : `${first}-${last}`
  return ip === undefined ? `${range}/${type}` : `${address(ip)}:${range}->${range}/${type}`
}

const address = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
