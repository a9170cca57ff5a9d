import { parsePortKey } from '@container-compose/net'
import { badParameter } from '../api/errors.ts'
import { booleanFilter, type Filters, fitsLabels, fitsName, fitsOne } from '../api/filters.ts'
import type { Networks } from '../networks/networks.ts'
import type { Container } from './container.ts'
import { endpointSettings } from './endpoint-settings.ts'
import { inspectMount } from './inspect.ts'
import type { ContainerDocument } from './model.ts'
import type { ContainerRegistry } from './registry.ts'
import { shownStatus, statusText } from './status-text.ts'

export const listFilterNames = [
  ...['ancestor', 'before', 'expose', 'exited', 'health', 'id', 'isolation', 'is-task', 'label', 'label!'],
  ...['name', 'network', 'publish', 'since', 'status', 'volume'],
]

export interface ListOptions {
  /** Those that do not run too. */
  readonly all: boolean
  readonly limit: number | undefined
  readonly filters: Filters
  readonly now: number
  /** Id of the image that a reference means; undefined when there is none. */
  readonly imageId: (reference: string) => Promise<string | undefined>
}

/** The body of `GET /containers/json`: newest first. */
export const listContainers = async (
  containers: ContainerRegistry,
  networks: Pick<Networks, 'find'>,
  options: ListOptions,
) => {
  const { filters, limit, now } = options
  const all = containers.all().sort((a, b) => b.document.created - a.document.created)
  const ancestors = await Promise.all((filters.get('ancestor') ?? []).map(options.imageId))
  const border = (name: 'before' | 'since') => {
    const [reference] = filters.get(name) ?? []
    return reference === undefined ? undefined : containers.get(reference).document.created
  }
  const [before, since] = [border('before'), border('since')]
  const anyStatus = options.all || limit !== undefined
  const statuses = filters.get('status')
  checkWords(filters, 'status', 'state', statusNames)
  checkWords(filters, 'health', 'health', healthNames)
  const exited = exitCodes(filters)
  const isTask = booleanFilter(filters, 'is-task') === true
  const found = all.filter(({ document }) => {
    const { id, name, config, state, mounts, created } = document
    const status = shownStatus(state)
    return (
      !isTask &&
      (statuses !== undefined || anyStatus || ['running', 'paused', 'restarting'].includes(status)) &&
      fitsOne(filters, 'status', (value) => value === status) &&
      (exited.length === 0 || (status === 'exited' && exited.includes(state.exitCode))) &&
      (before === undefined || created < before) &&
      (since === undefined || created > since) &&
      fitsOne(filters, 'id', (value) => id.startsWith(value)) &&
      fitsOne(filters, 'name', (value) => fitsName(value, `/${name}`) || fitsName(value, name)) &&
      fitsLabels(filters, config.Labels) &&
      fitsOne(filters, 'health', (value) => value === (state.health?.status ?? 'none')) &&
      (ancestors.length === 0 || ancestors.includes(document.imageId)) &&
      fitsOne(filters, 'network', (value) => isIn(document, networks, value)) &&
      fitsOne(filters, 'volume', (value) =>
        mounts.some(
          (mount) => mount.destination === value || (mount.type === 'volume' && mount.name === value),
        ),
      ) &&
      fitsOne(filters, 'publish', (value) => hasPort(document, value, 'published')) &&
      fitsOne(filters, 'expose', (value) => hasPort(document, value, 'exposed'))
    )
  })
  return (limit === undefined ? found : found.slice(0, limit)).map((container) =>
    summary(container, networks, now),
  )
}

const statusNames = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']

const healthNames = ['none', 'starting', 'healthy', 'unhealthy']

const checkWords = (filters: Filters, name: string, noun: string, words: readonly string[]): void => {
  for (const value of filters.get(name) ?? [])
    if (!words.includes(value))
      throw badParameter(
        `invalid filter '${name}=${value}': invalid value for ${noun} (${value}): must be one of ${words.join(', ')}`,
      )
}

const exitCodes = (filters: Filters): number[] =>
  (filters.get('exited') ?? []).map((value) => {
    if (!/^-?\d{1,9}$/.test(value))
      throw badParameter(`invalid filter 'exited=${value}': strconv.Atoi: parsing "${value}": invalid syntax`)
    return Number(value)
  })

const isIn = (document: ContainerDocument, networks: Pick<Networks, 'find'>, reference: string): boolean => {
  const id = networks.find(reference)?.id
  return Object.values(endpointSettings(document, networks)).some(({ NetworkID }) => NetworkID === id)
}

/** `80`, `80/tcp` or a range. */
const hasPort = (document: ContainerDocument, value: string, kind: 'published' | 'exposed'): boolean => {
  const [range = '', protocol = 'tcp'] = value.split('/')
  const [first = 0, last = first] = range.split('-').map(Number)
  const ports =
    kind === 'published'
      ? document.state.published.map(({ containerPort, protocol: own }) => [containerPort, own] as const)
      : Object.keys(document.config.ExposedPorts).map((key) => {
          const parsed = parsePortKey(key)
          return [parsed.containerPort, parsed.protocol] as const
        })
  return ports.some(([port, own]) => own === protocol && port >= first && port <= last)
}

const summary = ({ document }: Container, networks: Pick<Networks, 'find'>, now: number) => {
  const { id, name, config, hostConfig, state } = document
  return {
    Id: id,
    Names: [`/${name}`],
    Image: config.Image,
    ImageID: document.imageId,
    Command: commandLine([...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]),
    Created: Math.floor(document.created / 1000),
    Ports: ports(document),
    Labels: config.Labels,
    State: shownStatus(state),
    Status: statusText(state, now),
    ...(state.health !== undefined && {
      Health: { Status: state.health.status, FailingStreak: state.health.failingStreak },
    }),
    HostConfig: { NetworkMode: hostConfig.NetworkMode },
    NetworkSettings: { Networks: endpointSettings(document, networks) },
    Mounts: document.mounts.flatMap(inspectMount),
  }
}

/** As dockerd shows it: arguments with spaces stand in quotes. */
const commandLine = ([path = '', ...args]: readonly string[]): string =>
  [path, ...args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))].join(' ')

const ports = ({ config, state, networks }: ContainerDocument) => {
  const published = state.published.map(({ hostAddress, hostPort, containerPort, protocol }) => ({
    IP: hostAddress,
    PrivatePort: containerPort,
    PublicPort: hostPort,
    Type: protocol,
  }))
  const isConnected = Object.values(networks).some(({ lease }) => lease !== undefined)
  if (!isConnected) return []
  const exposed = Object.keys(config.ExposedPorts).flatMap((key) => {
    const { containerPort, protocol } = parsePortKey(key)
    const isPublished = published.some(
      ({ PrivatePort, Type }) => PrivatePort === containerPort && Type === protocol,
    )
    return isPublished ? [] : [{ PrivatePort: containerPort, Type: protocol }]
  })
  return [...published, ...exposed]
}
