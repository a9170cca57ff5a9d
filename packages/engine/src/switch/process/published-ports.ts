import { closeSync, readFileSync } from 'node:fs'
import { isSystemError } from '@container-compose/core'
import { bindSocket, Forwarder, localPort } from '@container-compose/native'
import { writeDocument } from '../../store/document.ts'
import type { SwitchPaths } from '../paths.ts'
import type { PublishedPort, SwitchResult, SwitchState } from '../switch.ts'
import { candidatePorts, type PortError, type PortGroup, portGroups, portKey } from './port-groups.ts'

interface Bound {
  readonly port: PublishedPort
  readonly boundPort: number
  readonly group: string
  /** Ours until the forwarder has it. */
  fd: number | undefined
  forward: number | undefined
}

/** The listeners of published ports, in the namespace that this process runs in. */
export class PublishedPorts {
  readonly #paths: SwitchPaths
  readonly #bound = new Map<string, Bound>()
  /** Chosen host ports by group: what has no fixed port keeps the one that it got, also in the next switch process. */
  #chosen: ReadonlyMap<string, number>
  #forwarder: Forwarder | undefined

  constructor(paths: SwitchPaths) {
    this.#paths = paths
    this.#chosen = readChosen(paths.chosenPorts)
  }

  /** Binds what is missing and closes what is not wanted any more. Connections of ports that stay are left alone. */
  async apply({ ports, endpoints }: Pick<SwitchState, 'ports' | 'endpoints'>): Promise<SwitchResult> {
    const groups = portGroups(ports)
    const wanted = new Map(
      groups.flatMap((group) => group.ports.map((port) => [keyIn(group, port), { group, port }])),
    )
    for (const [key, { group, port }] of wanted)
      if (!this.#bound.has(key)) this.#adopt(key, group, port, wanted)
    for (const key of this.#bound.keys()) if (!wanted.has(key)) await this.#close(key)
    const unpublished: SwitchResult['unpublished'][number][] = []
    for (const group of groups) unpublished.push(...(await this.#bindGroup(group)))
    this.#remember(groups)
    const running = new Set(
      endpoints.filter((endpoint) => endpoint.running).map((endpoint) => endpoint.containerId),
    )
    const published: SwitchResult['published'][number][] = []
    for (const group of groups)
      for (const port of group.ports) {
        const bound = this.#bound.get(keyIn(group, port))
        if (bound === undefined) continue
        await this.#serve(bound, running.has(port.containerId))
        published.push({ ...port, boundPort: bound.boundPort })
      }
    return { published, unpublished }
  }

  async close(): Promise<void> {
    for (const key of [...this.#bound.keys()]) await this.#close(key)
    await this.#forwarder?.close()
    this.#forwarder = undefined
  }

  /**
   * Takes over a listener whose request has only been put into other words: once a free port has been found, the engine asks for
   * that very one.
   */
  #adopt(key: string, group: PortGroup, port: PublishedPort, wanted: ReadonlyMap<string, unknown>): void {
    const before = [...this.#bound].find(([other, bound]) => !wanted.has(other) && isSatisfiedBy(port, bound))
    if (before === undefined) return
    const [other, bound] = before
    this.#bound.delete(other)
    this.#bound.set(key, { ...bound, port, group: group.key })
  }

  async #bindGroup(group: PortGroup): Promise<SwitchResult['unpublished'][number][]> {
    const missing = group.ports.filter((port) => !this.#bound.has(keyIn(group, port)))
    const [first] = missing
    if (first === undefined) return []
    const partner = group.ports.map((port) => this.#bound.get(keyIn(group, port))).find(Boolean)
    let refused = new Map<PublishedPort, PortError>()
    const candidates = partner ? [partner.boundPort] : candidatePorts(first, this.#chosen.get(group.key))
    for (const candidate of candidates) {
      refused = await this.#tryPort(group, missing, candidate)
      if (![...refused.values()].includes('EADDRINUSE')) break
      // All of a group or none, as long as there is another port to try.
      if (refused.size < missing.length && group.ports[0]?.hostPort !== group.ports[0]?.hostPortEnd)
        for (const port of missing) await this.#close(keyIn(group, port))
    }
    return [...refused]
      .filter(([port, error]) => !isMissingFamily(group, port, error))
      .map(([port, error]) => ({ port, error }))
  }

  /** Binds the ports of a group to one host port, which the first of them chooses where it is 0. */
  async #tryPort(
    group: PortGroup,
    ports: readonly PublishedPort[],
    candidate: number,
  ): Promise<Map<PublishedPort, PortError>> {
    const refused = new Map<PublishedPort, PortError>()
    let boundPort = candidate
    for (const port of ports) {
      try {
        const fd = await bindSocket({
          type: port.protocol === 'tcp' ? 'stream' : 'datagram',
          address: port.hostAddress,
          port: boundPort,
        })
        boundPort = localPort(fd)
        this.#bound.set(keyIn(group, port), { port, boundPort, group: group.key, fd, forward: undefined })
      } catch (error) {
        refused.set(port, portErrorOf(error))
      }
    }
    return refused
  }

  /** Serves the port while its container runs; before, clients wait in the listener's queue. */
  async #serve(bound: Bound, isRunning: boolean): Promise<void> {
    const { port, fd, forward } = bound
    if (isRunning && fd !== undefined) {
      bound.fd = undefined
      this.#forwarder ??= await Forwarder.open(this.#paths.netns)
      const target = { address: port.containerAddress, port: port.containerPort }
      bound.forward = await this.#forwarder.add(fd, port.protocol === 'tcp' ? 'stream' : 'datagram', target)
    } else if (!isRunning && forward !== undefined) {
      bound.forward = undefined
      await this.#forwarder?.remove(forward)
      const type = port.protocol === 'tcp' ? 'stream' : 'datagram'
      bound.fd = await bindSocket({ type, address: port.hostAddress, port: bound.boundPort })
    }
  }

  async #close(key: string): Promise<void> {
    const bound = this.#bound.get(key)
    this.#bound.delete(key)
    if (bound?.fd !== undefined) closeSync(bound.fd)
    if (bound?.forward !== undefined) await this.#forwarder?.remove(bound.forward)
  }

  #remember(groups: readonly PortGroup[]): void {
    const wanted = new Set(groups.map(({ key }) => key))
    const chosen = new Map([...this.#chosen].filter(([key]) => wanted.has(key)))
    for (const { group, boundPort } of this.#bound.values()) chosen.set(group, boundPort)
    const before = JSON.stringify([...this.#chosen])
    this.#chosen = chosen
    if (JSON.stringify([...chosen]) !== before)
      writeDocument(this.#paths.chosenPorts, { version: 1 }, { chosen: [...chosen] }, { durable: false })
  }
}

const isSatisfiedBy = (port: PublishedPort, { port: other, boundPort }: Bound): boolean =>
  port.containerId === other.containerId &&
  port.protocol === other.protocol &&
  port.hostAddress === other.hostAddress &&
  port.containerAddress === other.containerAddress &&
  port.containerPort === other.containerPort &&
  (port.hostPort === 0 || (port.hostPort <= boundPort && boundPort <= port.hostPortEnd))

const keyIn = (group: PortGroup, port: PublishedPort): string => `${group.key} ${portKey(port)}`

/** `::` beside `0.0.0.0` means whatever the host has; a host without IPv6 lacks nothing. */
const isMissingFamily = (group: PortGroup, port: PublishedPort, error: PortError): boolean =>
  error === 'EADDRNOTAVAIL' &&
  port.hostAddress === '::' &&
  group.ports.some(({ hostAddress }) => hostAddress === '0.0.0.0')

const portErrorOf = (error: unknown): PortError => {
  if (isSystemError(error, 'EADDRINUSE')) return 'EADDRINUSE'
  if (isSystemError(error, 'EADDRNOTAVAIL') || isSystemError(error, 'EAFNOSUPPORT')) return 'EADDRNOTAVAIL'
  if (isSystemError(error, 'EACCES') || isSystemError(error, 'EPERM')) return 'EACCES'
  throw error
}

const readChosen = (path: string): ReadonlyMap<string, number> => {
  try {
    return new Map((JSON.parse(readFileSync(path, 'utf8')) as { chosen: [string, number][] }).chosen)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return new Map()
    throw error
  }
}
