import { isIP } from 'node:net'
import { compareText } from '../tree/go-text.ts'
import type { Read } from './result.ts'

export interface PublishedPort {
  readonly hostIp: string
  readonly published: string
  readonly target: number
  readonly protocol: string
}

/** A port in short form, `[[ip:]host:]container[/protocol]`, ranges allowed; one entry for each container port. */
export const readPort = (text: string): Read<PublishedPort[]> => {
  const parts = text.split(':')
  const [containerPart = '', hostPart = ''] = [parts.pop(), parts.pop()]
  let hostIp = parts.join(':')
  const [containerPorts = '', protocol = 'tcp'] = splitProtocol(containerPart)
  if (hostIp !== '') {
    const read = readAddress(hostIp)
    if ('problem' in read) return read
    hostIp = read.value
  }
  if (containerPorts === '') return { problem: `No port specified: ${text}<empty>` }
  const target = readRange(containerPorts)
  if (target === undefined) return { problem: `Invalid containerPort: ${containerPorts}` }
  const host = hostPart === '' ? undefined : readRange(hostPart)
  if (hostPart !== '' && host === undefined) return { problem: `Invalid hostPort: ${hostPart}` }
  const count = target.end - target.start
  if (host !== undefined && count !== host.end - host.start && count !== 0)
    return {
      problem: `Invalid ranges specified for container and host Ports: ${containerPorts} and ${hostPart}`,
    }
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase()))
    return { problem: `Invalid proto: ${protocol}` }
  const ports: PublishedPort[] = []
  for (let index = 0; index <= count; index += 1) {
    const isChoice = host !== undefined && count === 0 && host.start !== host.end
    ports.push({
      hostIp,
      published:
        host === undefined ? '' : isChoice ? `${host.start}-${host.end}` : String(host.start + index),
      target: target.start + index,
      protocol: protocol.toLowerCase(),
    })
  }
  return { value: ports.sort(byText) }
}

const readAddress = (address: string): Read<string> => {
  const invalid = (why: string) => ({
    problem: `Invalid ip address ${address}: address ${address}:: ${why} in address`,
  })
  if (address.startsWith('[') && !address.includes(']')) return invalid("missing ']'")
  const bare = /^\[(.*)\]$/.exec(address)?.[1] ?? address
  if (bare === address && address.includes(':')) return invalid('too many colons')
  // A zone makes no address for the reference.
  if (bare !== '' && (isIP(bare) === 0 || bare.includes('%')))
    return { problem: `Invalid ip address: ${bare}` }
  return { value: bare }
}

// The reference sorts by text, so that 10 comes before 9.
const byText = (a: PublishedPort, b: PublishedPort): number =>
  compareText(`${a.target}/${a.protocol}`, `${b.target}/${b.protocol}`)

const splitProtocol = (text: string): [string, string] => {
  const [ports = '', protocol = ''] = text.split('/')
  return [ports, protocol === '' ? 'tcp' : protocol]
}

const readRange = (text: string): { readonly start: number; readonly end: number } | undefined => {
  const [first = '', second = first] = text.split('-')
  const start = readNumber(first)
  const end = readNumber(second)
  return start === undefined || end === undefined || end < start ? undefined : { start, end }
}

const readNumber = (text: string): number | undefined => {
  const number = /^[0-9]+$/.test(text) ? Number(text) : -1
  return number >= 0 && number <= 65_535 ? number : undefined
}
