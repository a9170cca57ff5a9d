import { UserError } from '@container-compose/core'
import { canonicalIp } from './address/ip.ts'

/** Docker's `HostConfig.PortBindings`, and what decides about it. */
export interface PortRequest {
  /** `{ "80/tcp": [{ HostIp: "", HostPort: "8080" }] }`; no protocol means tcp. */
  readonly bindings: Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
  >
  /** `80/tcp`: what the image and the container expose. */
  readonly exposed: readonly string[]
  /** Publishes all that is exposed on any free port (`docker run -P`). */
  readonly publishAll: boolean
}

/** One listener to be. */
export interface PortPlan {
  readonly protocol: 'tcp' | 'udp'
  readonly containerPort: number
  /** `0.0.0.0` and `::` in two plans where no host address was asked for. */
  readonly hostAddress: string
  /** 0: any free one. */
  readonly hostPort: number
  /** Last of a range of which any free one will do; else equal to `hostPort`. */
  readonly hostPortEnd: number
}

/**
 * The listeners that a container's configuration asks for, in the order of container port, then as written.
 *
 * @throws UserError `INVALID_PORT`, `UNSUPPORTED_PROTOCOL`.
 */
export const planPublishedPorts = ({ bindings, exposed, publishAll }: PortRequest): PortPlan[] => {
  const wanted = new Map(
    Object.entries(bindings).map(([key, list]) => [portKey(key), list?.length ? list : [{}]] as const),
  )
  if (publishAll) for (const key of exposed.map(portKey)) if (!wanted.has(key)) wanted.set(key, [{}])
  return [...wanted]
    .map(([key, list]) => ({ ...parsePortKey(key), list }))
    .sort((a, b) => a.containerPort - b.containerPort || (a.protocol < b.protocol ? -1 : 1))
    .flatMap(({ containerPort, protocol, list }) =>
      list.flatMap(({ HostIp = '', HostPort = '' }) => {
        const [hostPort, hostPortEnd] = parseHostPort(HostPort)
        return hostAddresses(HostIp).map((hostAddress) => ({
          protocol,
          containerPort,
          hostAddress,
          hostPort,
          hostPortEnd,
        }))
      }),
    )
}

/** `80` → `80/tcp` */
export const portKey = (key: string): string => (key.includes('/') ? key.toLowerCase() : `${key}/tcp`)

/** @throws UserError `INVALID_PORT`, `UNSUPPORTED_PROTOCOL`. */
export const parsePortKey = (key: string): Pick<PortPlan, 'containerPort' | 'protocol'> => {
  const [port = '', protocol] = portKey(key).split('/')
  if (protocol !== 'tcp' && protocol !== 'udp')
    throw new UserError('UNSUPPORTED_PROTOCOL', `port ${key}: only tcp and udp can be published`)
  const containerPort = parsePort(port, key)
  if (containerPort === 0) throw invalid(key)
  return { containerPort, protocol }
}

const parseHostPort = (text: string): [first: number, last: number] => {
  if (text === '') return [0, 0]
  const [first = '', last = first, ...rest] = text.split('-')
  const range: [number, number] = [parsePort(first, text), parsePort(last, text)]
  if (rest.length > 0 || range[1] < range[0] || (range[0] === 0 && range[1] > 0)) throw invalid(text)
  return range
}

const parsePort = (text: string, whole: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65535)) throw invalid(whole)
  return port
}

const hostAddresses = (hostIp: string): string[] => {
  if (hostIp === '') return ['0.0.0.0', '::']
  const address = canonicalIp(hostIp.replace(/^\[(.*)\]$/, '$1'))
  if (address === undefined) throw new UserError('INVALID_ADDRESS', `invalid host IP ${hostIp}`)
  return [address]
}

const invalid = (port: string): UserError =>
  new UserError('INVALID_PORT', `invalid port specification: "${port}"`)
