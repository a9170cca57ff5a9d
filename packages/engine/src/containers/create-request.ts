import { badParameter } from '../api/errors.ts'
import { Shape } from '../api/shape.ts'
import { parseHealthcheck } from './healthcheck.ts'
import type { ContainerConfig, HostConfig, MountRequest, RestartPolicy } from './model.ts'

/** A network that the request names, with what it asks of it. */
export interface AttachmentRequest {
  readonly network: string
  readonly aliases: readonly string[]
  readonly links: readonly string[]
  readonly fixedIpv4?: string
  readonly fixedIpv6?: string
  readonly fixedMac?: string
  readonly gwPriority: number
  readonly driverOpts: Readonly<Record<string, string>>
}

/** The body of `POST /containers/create`. */
export interface CreateRequest {
  readonly config: ContainerConfig
  readonly hostConfig: HostConfig
  readonly attachments: readonly AttachmentRequest[]
}

/**
 * Reads the body of a request to create a container.
 *
 * @throws ApiError 400 where it has another form.
 */
export const parseCreateRequest = (body: Readonly<Record<string, unknown>>): CreateRequest => {
  const shape = new Shape(body)
  return {
    config: parseConfig(shape),
    hostConfig: parseHostConfig(shape.shape('HostConfig')),
    attachments: Object.entries(shape.shape('NetworkingConfig').record('EndpointsConfig')).map(
      ([network, settings]) => parseAttachment(network, settings, shape.text('MacAddress')),
    ),
  }
}

const parseConfig = (shape: Shape): ContainerConfig => {
  const healthcheck = shape.raw('Healthcheck') === undefined ? undefined : shape.shape('Healthcheck')
  const stopSignal = shape.text('StopSignal')
  return {
    Hostname: shape.text('Hostname'),
    Domainname: shape.text('Domainname'),
    User: shape.text('User'),
    AttachStdin: shape.flag('AttachStdin'),
    AttachStdout: shape.flag('AttachStdout'),
    AttachStderr: shape.flag('AttachStderr'),
    ExposedPorts: shape.set('ExposedPorts'),
    Tty: shape.flag('Tty'),
    OpenStdin: shape.flag('OpenStdin'),
    StdinOnce: shape.flag('StdinOnce'),
    Env: shape.texts('Env'),
    Cmd: shape.command('Cmd'),
    Entrypoint: shape.command('Entrypoint'),
    ...(healthcheck && { Healthcheck: parseHealthcheck(healthcheck) }),
    Image: shape.text('Image'),
    Volumes: shape.raw('Volumes') === undefined ? null : shape.set('Volumes'),
    WorkingDir: shape.text('WorkingDir'),
    Labels: shape.textRecord('Labels'),
    ...(stopSignal !== '' && { StopSignal: stopSignal }),
    ...(shape.raw('StopTimeout') !== undefined && { StopTimeout: shape.integer('StopTimeout') }),
  }
}

const parseHostConfig = (shape: Shape): HostConfig => ({
  ...shape.everything(),
  Binds: shape.raw('Binds') === undefined ? null : shape.texts('Binds'),
  NetworkMode: shape.text('NetworkMode'),
  PortBindings: Object.fromEntries(
    Object.keys(shape.record('PortBindings')).map((port) => [
      port,
      shape
        .shape('PortBindings')
        .shapes(port)
        .map((binding) => ({ HostIp: binding.text('HostIp'), HostPort: binding.text('HostPort') })),
    ]),
  ),
  PublishAllPorts: shape.flag('PublishAllPorts'),
  RestartPolicy: parseRestartPolicy(shape.shape('RestartPolicy')),
  AutoRemove: shape.flag('AutoRemove'),
  Mounts: shape.shapes('Mounts').map(parseMount),
  Tmpfs: shape.textRecord('Tmpfs'),
  VolumesFrom: shape.texts('VolumesFrom'),
  CapAdd: shape.texts('CapAdd'),
  CapDrop: shape.texts('CapDrop'),
  Dns: shape.texts('Dns'),
  DnsOptions: shape.texts('DnsOptions'),
  DnsSearch: shape.texts('DnsSearch'),
  ExtraHosts: shape.texts('ExtraHosts'),
  GroupAdd: shape.texts('GroupAdd'),
  Privileged: shape.flag('Privileged'),
  ReadonlyRootfs: shape.flag('ReadonlyRootfs'),
  SecurityOpt: shape.texts('SecurityOpt'),
  Sysctls: shape.textRecord('Sysctls'),
  Ulimits: shape.shapes('Ulimits').map((limit) => ({
    Name: limit.text('Name'),
    Soft: limit.integer('Soft'),
    Hard: limit.integer('Hard'),
  })),
  Init: shape.flag('Init'),
  ShmSize: shape.integer('ShmSize'),
  Memory: shape.integer('Memory'),
  MemorySwap: shape.integer('MemorySwap'),
  MemoryReservation: shape.integer('MemoryReservation'),
  NanoCpus: shape.integer('NanoCpus'),
  CpuPeriod: shape.integer('CpuPeriod'),
  CpuQuota: shape.integer('CpuQuota'),
  CpuShares: shape.integer('CpuShares'),
  CpusetCpus: shape.text('CpusetCpus'),
  PidsLimit: shape.integer('PidsLimit'),
  OomScoreAdj: shape.integer('OomScoreAdj'),
  ...(shape.raw('MaskedPaths') !== undefined && { MaskedPaths: shape.texts('MaskedPaths') }),
  ...(shape.raw('ReadonlyPaths') !== undefined && { ReadonlyPaths: shape.texts('ReadonlyPaths') }),
  ConsoleSize: parseConsoleSize(shape.list('ConsoleSize')),
  Runtime: shape.text('Runtime'),
})

const parseConsoleSize = ([rows, columns]: readonly unknown[]): [number, number] => [
  Number.isInteger(rows) ? Number(rows) : 0,
  Number.isInteger(columns) ? Number(columns) : 0,
]

const policies = ['', 'no', 'always', 'on-failure', 'unless-stopped'] as const

/** @throws ApiError 400 in dockerd's words. */
export const parseRestartPolicy = (shape: Shape): RestartPolicy => {
  const name = shape.text('Name')
  const policy = policies.find((known) => known === name)
  const count = shape.integer('MaximumRetryCount')
  if (policy === undefined)
    throw badParameter(
      `invalid restart policy: unknown policy '${name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'`,
    )
  if (count !== 0 && policy !== 'on-failure')
    throw badParameter(
      `invalid restart policy: maximum retry count can only be used with 'on-failure'${count < 0 ? ' and cannot be negative' : ''}`,
    )
  if (count < 0) throw badParameter('invalid restart policy: maximum retry count cannot be negative')
  return { Name: policy, MaximumRetryCount: count }
}

const parseMount = (shape: Shape): MountRequest => {
  const { bind, volume, tmpfs } = {
    bind: shape.shape('BindOptions'),
    volume: shape.shape('VolumeOptions'),
    tmpfs: shape.shape('TmpfsOptions'),
  }
  const driver = volume.shape('DriverConfig')
  return {
    Type: shape.text('Type'),
    Source: shape.text('Source'),
    Target: shape.text('Target'),
    ReadOnly: shape.flag('ReadOnly'),
    BindOptions: { CreateMountpoint: bind.flag('CreateMountpoint'), Propagation: bind.text('Propagation') },
    VolumeOptions: {
      NoCopy: volume.flag('NoCopy'),
      Labels: volume.textRecord('Labels'),
      Subpath: volume.text('Subpath'),
      DriverConfig: { Name: driver.text('Name'), Options: driver.textRecord('Options') },
    },
    TmpfsOptions: { SizeBytes: tmpfs.integer('SizeBytes'), Mode: tmpfs.integer('Mode') },
  }
}

/** One entry of `EndpointsConfig`, which is also the body of `POST /networks/{id}/connect`. */
export const parseAttachment = (network: string, settings: unknown, macAddress = ''): AttachmentRequest => {
  const shape = new Shape({ settings }).shape('settings')
  const ipam = shape.shape('IPAMConfig')
  const mac = shape.text('MacAddress') || macAddress
  const [ipv4, ipv6] = [ipam.text('IPv4Address'), ipam.text('IPv6Address')]
  return {
    network,
    aliases: shape.texts('Aliases'),
    links: shape.texts('Links'),
    ...(ipv4 !== '' && { fixedIpv4: ipv4 }),
    ...(ipv6 !== '' && { fixedIpv6: ipv6 }),
    ...(mac !== '' && { fixedMac: mac }),
    gwPriority: shape.integer('GwPriority'),
    driverOpts: shape.textRecord('DriverOpts'),
  }
}
