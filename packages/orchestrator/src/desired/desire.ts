import {
  type Locations,
  type Network,
  networkHash,
  type Project,
  type Service,
  serviceHash,
  type Volume,
  volumeHash,
} from '@container-compose/compose'
import { dependencyOrder } from '@container-compose/core'
import type { NetworkCreateBody, VolumeCreateBody } from '../client/api-types.ts'
import { composeVersion, label } from '../labels.ts'
import { credentialsFile, withApiSocket } from './api-socket.ts'
import { desiredBuilds } from './build.ts'
import { containerBody } from './container-body.ts'
import { dependenciesOf, serviceGraph } from './dependencies.ts'
import type { DesiredNetwork, DesiredService, DesiredState, DesiredVolume } from './desired-state.ts'
import { injectedFiles } from './injected-files.ts'
import { isAnonymous } from './mounts.ts'
import { networksOf } from './networking.ts'
import { compact } from './values.ts'

/** What the project wants to exist. */
export const desire = (written: Project, locations: Locations): DesiredState => {
  const project = withApiSocket(written)
  const builds = desiredBuilds(project, locations)
  return {
    project: project.name,
    networks: sortedKeys(project.networks).map((key) => desiredNetwork(project, key, locations)),
    volumes: sortedKeys(project.volumes).map((key) => desiredVolume(project, key, locations)),
    services: dependencyOrder(serviceGraph(project)).map((name) =>
      desiredService(project, name, { locations, builds }),
    ),
    builds,
    disabledServices: new Set(Object.keys(project.disabledServices)),
  }
}

const sortedKeys = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record).sort()

const desiredService = (
  project: Project,
  name: string,
  { locations, builds }: { readonly locations: Locations; readonly builds: DesiredState['builds'] },
): DesiredService => {
  const service = project.services[name] as Service
  const image = imageOf(project, name)
  const hash = serviceHash(service)
  return {
    name,
    replicas: replicasOf(service),
    hash,
    image,
    imageIsDefault: service.image === undefined,
    platform: service.platform ?? project.environment['DOCKER_DEFAULT_PLATFORM'],
    pullPolicy: service.pull_policy,
    build: builds.get(name),
    containerName: service.container_name,
    dependencies: dependenciesOf(project, name),
    networks: networksOf(project, service).map((network) => network.name),
    volumes: (service.volumes ?? []).flatMap(({ type, source }) =>
      type === 'volume' && source && project.volumes[source] !== undefined
        ? [project.volumes[source]?.name ?? source]
        : [],
    ),
    anonymousTargets: (service.volumes ?? []).filter(isAnonymous).map(({ target = '' }) => target),
    files: [...injectedFiles(project, service), ...credentialsFile(service)],
    at: locations.of(['services', name]),
    body: (instance) => containerBody({ project, name, hash, image }, instance),
  }
}

/** The image's own name, or the one that a build gives. */
export const imageOf = (project: Project, name: string): string =>
  project.services[name]?.image ?? `${project.name}-${name}`

/** `--scale` has been written into `scale` when the project was loaded. */
const replicasOf = ({ scale, deploy }: Service): number => scale ?? deploy?.replicas ?? 1

/** The name that the engine knows a network of the project by. */
export const networkName = (project: Project, key: string): string =>
  project.networks[key]?.name ?? `${project.name}_${key}`

/** The name that the engine knows a volume of the project by. */
export const volumeName = (project: Project, key: string): string =>
  project.volumes[key]?.name ?? `${project.name}_${key}`

const desiredNetwork = (project: Project, key: string, locations: Locations): DesiredNetwork => {
  const network = project.networks[key] as Network
  const name = networkName(project, key)
  const hash = networkHash(network)
  const { driver, config = [] } = network.ipam
  const ipam =
    driver || config.length > 0
      ? {
          Driver: driver ?? '',
          Config: config.map(({ subnet, gateway, ip_range, aux_addresses }) =>
            compact({
              Subnet: subnet,
              Gateway: gateway,
              IPRange: ip_range,
              AuxiliaryAddresses: aux_addresses,
            }),
          ),
        }
      : undefined
  const body = compact({
    Name: name,
    Driver: network.driver,
    Options: network.driver_opts,
    IPAM: ipam,
    Internal: network.internal,
    Attachable: network.attachable,
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
    Labels: {
      ...network.labels,
      [label.project]: project.name,
      [label.version]: composeVersion,
      [label.network]: key,
      [label.configHash]: hash,
    },
  }) as NetworkCreateBody
  const at = locations.of(['networks', key])
  return { key, name, external: network.external ?? false, hash, body, at }
}

const desiredVolume = (project: Project, key: string, locations: Locations): DesiredVolume => {
  const volume = project.volumes[key] as Volume
  const name = volumeName(project, key)
  const hash = volumeHash(volume)
  const body = compact({
    Name: name,
    Driver: volume.driver,
    DriverOpts: volume.driver_opts,
    Labels: {
      ...volume.labels,
      [label.project]: project.name,
      [label.version]: composeVersion,
      [label.volume]: key,
      [label.configHash]: hash,
    },
  }) as VolumeCreateBody
  return { key, name, external: volume.external ?? false, hash, body, at: locations.of(['volumes', key]) }
}
