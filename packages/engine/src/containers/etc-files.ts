import { badParameter } from '../api/errors.ts'
import type { Bundle } from '../runtime/runtime.ts'
import type { ContainerDocument } from './model.ts'

export interface HostsFacts {
  /** The container's own addresses, primary network first. */
  readonly addresses: readonly string[]
  /** What `host-gateway` means; undefined when the host has no address. */
  readonly hostGateway: string | undefined
  /** Addresses of other containers under the names that legacy links give them. */
  readonly linked: readonly { readonly address: string; readonly name: string }[]
}

/** /etc/hosts, /etc/hostname and /etc/resolv.conf as Docker writes them. */
export const etcFiles = (
  { config, hostConfig }: Pick<ContainerDocument, 'config' | 'hostConfig'>,
  facts: HostsFacts,
): Bundle['etcFiles'] => {
  const { Hostname: hostname, Domainname: domain } = config
  const own = domain === '' ? hostname : `${hostname}.${domain} ${hostname}`
  return {
    hosts: lines([
      '127.0.0.1\tlocalhost',
      '::1\tlocalhost ip6-localhost ip6-loopback',
      'fe00::\tip6-localnet',
      'ff00::\tip6-mcastprefix',
      'ff02::1\tip6-allnodes',
      'ff02::2\tip6-allrouters',
      ...hostConfig.ExtraHosts.map((entry) => extraHost(entry, facts.hostGateway)),
      ...facts.linked.map(({ address, name }) => `${address}\t${name}`),
      ...facts.addresses.map((address) => `${address}\t${own}`),
    ]),
    hostname: `${hostname}\n`,
    resolvConf: lines(resolvConf(hostConfig, facts.addresses.length > 0)),
  }
}

const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('')

/** `name:address`; an IPv6 address may stand in brackets. */
const extraHost = (entry: string, hostGateway: string | undefined): string => {
  const colon = entry.indexOf(':')
  const [name, value] = [entry.slice(0, colon), entry.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')]
  if (colon < 1 || value === '' || /\s/.test(entry)) throw badParameter(`bad format for add-host: "${entry}"`)
  if (value !== 'host-gateway') return `${value}\t${name}`
  if (hostGateway === undefined)
    throw badParameter('unable to derive the IP value for host-gateway: the host has no address but loopback')
  return `${hostGateway}\t${name}`
}

/**
 * Names are asked of 127.0.0.11, which configurations of nginx name; servers of `Dns` are where our resolver forwards to for
 * this container, as in Docker's own networks.
 */
const resolvConf = (
  { DnsSearch, DnsOptions }: ContainerDocument['hostConfig'],
  connected: boolean,
): string[] => [
  ...(connected ? ['nameserver 127.0.0.11'] : []),
  ...(DnsSearch.length > 0 && DnsSearch[0] !== '.' ? [`search ${DnsSearch.join(' ')}`] : []),
  ...[['options', ...DnsOptions, ...(DnsOptions.some((o) => o.startsWith('ndots:')) ? [] : ['ndots:0'])]].map(
    (words) => words.join(' '),
  ),
]
