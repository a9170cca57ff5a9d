import type { PublishedPort, SwitchResult } from '../switch.ts'

/** What one binding asks for on several host addresses (`0.0.0.0` and `::`): they get the same host port. */
export interface PortGroup {
  /** The same for the same request, whatever was chosen for it. */
  readonly key: string
  readonly ports: readonly PublishedPort[]
}

export type PortError = SwitchResult['unpublished'][number]['error']

/** Tells the ports of a group apart, and a port whose container has another address now from the one before. */
export const portKey = (port: PublishedPort): string => `${port.hostAddress} ${port.containerAddress}`

const groupKey = ({ containerId, protocol, hostPort, hostPortEnd, containerPort }: PublishedPort): string =>
  [containerId, protocol, hostPort, hostPortEnd, containerPort].join(' ')

/**
 * The bindings as they belong together. The same port asked for twice on one address makes two groups: each gets a port of its own
 * where there is a choice.
 */
export const portGroups = (ports: readonly PublishedPort[]): PortGroup[] => {
  const groups: { key: string; ports: PublishedPort[] }[] = []
  for (const port of ports) {
    const key = groupKey(port)
    const open = groups.find(
      (group) => group.key.startsWith(`${key} #`) && !group.ports.some((other) => isSameFamily(other, port)),
    )
    if (open) open.ports.push(port)
    else
      groups.push({
        key: `${key} #${groups.filter((group) => group.key.startsWith(`${key} #`)).length}`,
        ports: [port],
      })
  }
  return groups
}

const isSameFamily = (a: PublishedPort, b: PublishedPort): boolean =>
  a.hostAddress.includes(':') === b.hostAddress.includes(':')

/**
 * The host ports to try, in order: the one that was chosen before, then the range from its first; 0 lets the kernel choose.
 */
export const candidatePorts = function* (
  { hostPort, hostPortEnd }: Pick<PublishedPort, 'hostPort' | 'hostPortEnd'>,
  before: number | undefined,
): Generator<number> {
  if (before !== undefined) yield before
  if (hostPort === 0) {
    // Several, since a port that is free on one address may be taken on another.
    for (let attempt = 0; attempt < 16; attempt++) yield 0
    return
  }
  for (let port = hostPort; port <= hostPortEnd; port++) if (port !== before) yield port
}
