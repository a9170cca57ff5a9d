import type { Port, Project, Service, ServiceNetwork } from '@container-compose/compose'
import { compact } from './values.ts'

/** Names of the networks that a service joins: highest `priority` first, then by key. The first is the primary one. */
export const networksOf = (project: Project, service: Service): { key: string; name: string }[] => {
  if (service.network_mode) return []
  const joined = service.networks ?? {}
  const priority = (key: string) => joined[key]?.priority ?? 0
  return Object.keys(joined)
    .sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1))
    .map((key) => ({ key, name: project.networks[key]?.name ?? `${project.name}_${key}` }))
}

interface Participant {
  readonly containerName: string
  /** The service whose name and aliases the container answers to; absent for one-off containers. */
  readonly serviceName?: string | undefined
}

/** `HostConfig.NetworkMode` and `NetworkingConfig`. */
export const networkMembers = (project: Project, service: Service, participant: Participant) => {
  const networks = networksOf(project, service)
  const [primary] = networks
  const endpoints = Object.fromEntries(
    networks.map(({ key, name }) => {
      const endpoint = endpointSettings(project, service, service.networks?.[key] ?? undefined, participant)
      const mac = name === primary?.name ? service.mac_address : undefined
      return [name, compact({ ...endpoint, MacAddress: endpoint.MacAddress ?? mac })]
    }),
  )
  return { mode: networkMode(project, service, primary?.name), endpoints }
}

const networkMode = (project: Project, service: Service, primary: string | undefined): string => {
  const { network_mode: mode } = service
  if (!mode) return primary ?? 'none'
  const [, shared] = /^service:(.*)$/.exec(mode) ?? []
  // By name: the container may not exist yet when the plan is made.
  return shared === undefined ? mode : `container:${containerNameOf(project, shared)}`
}

/** The name of a service's first container. */
export const containerNameOf = (project: Project, service: string): string =>
  project.services[service]?.container_name ?? `${project.name}-${service}-1`

const endpointSettings = (
  project: Project,
  service: Service,
  network: ServiceNetwork | undefined,
  { containerName, serviceName }: Participant,
) => {
  const asService = serviceName === undefined ? [] : [serviceName, ...(network?.aliases ?? [])]
  return {
    Aliases: [containerName, ...asService],
    Links: links(project, service),
    IPAMConfig: compact({
      IPv4Address: network?.ipv4_address,
      IPv6Address: network?.ipv6_address,
      LinkLocalIPs: network?.link_local_ips,
    }),
    MacAddress: network?.mac_address,
    DriverOpts: {
      ...network?.driver_opts,
      ...(network?.interface_name ? { 'com.docker.network.endpoint.ifname': network.interface_name } : {}),
    },
    GwPriority: network?.gw_priority,
  }
}

/** `links` as `container:alias`: the engine's own form, which knows containers only. */
const links = (project: Project, { links = [], external_links = [] }: Service): string[] => [
  ...links.map((link) => {
    const [target = link, alias = target] = link.split(':')
    return `${containerNameOf(project, target)}:${alias}`
  }),
  ...external_links.map((link) => (link.includes(':') ? link : `${link}:${link}`)),
]

/** `ExposedPorts` and `HostConfig.PortBindings`. A port of `expose` keeps the text that it was written with. */
export const portMembers = ({ ports = [], expose = [] }: Service) => {
  const exposed: Record<string, object> = {}
  const bindings: Record<string, object[]> = {}
  for (const port of expose) exposed[port] = {}
  for (const port of ports) {
    const key = portKey(port)
    exposed[key] = {}
    bindings[key] = [...(bindings[key] ?? []), { HostIp: port.host_ip ?? '', HostPort: port.published ?? '' }]
  }
  return { exposed, bindings }
}

const portKey = ({ target, protocol }: Port): string => `${target}/${protocol ?? 'tcp'}`
