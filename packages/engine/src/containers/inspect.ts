import { portKey } from '@container-compose/net'
import type { Networks } from '../networks/networks.ts'
import type { Container } from './container.ts'
import { endpointSettings, legacySettings } from './endpoint-settings.ts'
import type { ContainerDocument, ContainerState, HealthState, MountPoint } from './model.ts'
import { shownStatus } from './status-text.ts'
import { rfc3339 } from './time.ts'

/** The body of `GET /containers/{id}/json`. */
export const inspectContainer = (container: Container, networks: Pick<Networks, 'find'>) => {
  const { document } = container
  const { config, hostConfig, state } = document
  const [path = '', ...args] = [...(config.Entrypoint ?? []), ...(config.Cmd ?? [])]
  const settings = endpointSettings(document, networks)
  return {
    Id: document.id,
    Created: rfc3339(document.created),
    Path: path,
    Args: args,
    State: inspectState(document),
    Image: document.imageId,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: '',
    Name: `/${document.name}`,
    RestartCount: state.restartCount,
    Driver: document.runtime,
    Platform: document.platform,
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: container.execIds.size > 0 ? [...container.execIds] : null,
    HostConfig: {
      ...hostConfig,
      LogConfig: { Type: 'json-file', Config: {}, ...definedMembers(hostConfig['LogConfig']) },
      RestartPolicy: { ...hostConfig.RestartPolicy, Name: hostConfig.RestartPolicy.Name || 'no' },
      ...(hostConfig.Mounts.length === 0 && { Mounts: undefined }),
    },
    ...(isUp(state) && { Machine: inspectMachine(document) }),
    GraphDriver: { Name: document.runtime, Data: null },
    Mounts: document.mounts.flatMap(inspectMount),
    Config: {
      ...config,
      OnBuild: null,
      ...(Object.keys(config.ExposedPorts).length === 0 && { ExposedPorts: undefined }),
    },
    NetworkSettings: {
      ...legacySettings(settings),
      Ports: portMap(document),
      Networks: settings,
    },
  }
}

/** An empty `Type` is as good as none. */
const definedMembers = (value: unknown): object =>
  Object.fromEntries(Object.entries(Object(value)).filter(([, member]) => member !== '' && member !== null))

const inspectState = ({ state }: ContainerDocument) => {
  const status = shownStatus(state)
  return {
    Status: status,
    Running: ['running', 'paused', 'restarting'].includes(status),
    Paused: status === 'paused',
    Restarting: status === 'restarting',
    OOMKilled: state.oomKilled,
    Dead: status === 'dead',
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: rfc3339(state.startedAt),
    FinishedAt: rfc3339(state.finishedAt),
    ...(state.health !== undefined && { Health: inspectHealth(state.health) }),
  }
}

const isUp = ({ status }: ContainerState): boolean => status === 'running' || status === 'paused'

/** Our own: what runs the container. */
const inspectMachine = ({ runtime, state }: ContainerDocument) => ({
  Runtime: runtime,
  ...(state.acceleration !== undefined && { Acceleration: state.acceleration }),
  ...(state.startedInMs !== undefined && { StartedInMs: state.startedInMs }),
  ...(state.size !== undefined && { Cpus: state.size.vcpus, Memory: state.size.memoryBytes }),
  Pid: state.pid,
})

const inspectHealth = ({ status, failingStreak, log }: HealthState) => ({
  Status: status,
  FailingStreak: failingStreak,
  Log: log.map(({ start, end, exitCode, output }) => ({
    Start: rfc3339(start),
    End: rfc3339(end),
    ExitCode: exitCode,
    Output: output,
  })),
})

/** An entry of `Mounts`; the tmpfs of `HostConfig.Tmpfs` are none, as in Docker. */
export const inspectMount = (mount: MountPoint): object[] => {
  const { destination: Destination } = mount
  const RW = !mount.readOnly
  switch (mount.type) {
    case 'bind':
      return [
        { Type: 'bind', Source: mount.source, Destination, Mode: mount.mode, RW, Propagation: 'rprivate' },
      ]
    case 'volume':
      return [
        {
          ...{ Type: 'volume', Name: mount.name, Source: mount.source, Destination, Driver: 'local' },
          ...{ Mode: mount.mode, RW, Propagation: '' },
        },
      ]
    case 'tmpfs':
      return mount.fromMounts
        ? [{ Type: 'tmpfs', Source: '', Destination, Mode: '', RW, Propagation: '' }]
        : []
  }
}

/** `{ "80/tcp": [{ HostIp, HostPort }] }`: exposed ports have null, and nothing is published while it does not run. */
const portMap = ({ config, state, networks }: ContainerDocument) => {
  const isConnected = Object.values(networks).some(({ lease }) => lease !== undefined)
  if (!isConnected) return {}
  const map: Record<string, { HostIp: string; HostPort: string }[] | null> = Object.fromEntries(
    Object.keys(config.ExposedPorts).map((port) => [portKey(port), null]),
  )
  for (const { containerPort, protocol, hostAddress, hostPort } of state.published) {
    const key = `${containerPort}/${protocol}`
    map[key] = [...(map[key] ?? []), { HostIp: hostAddress, HostPort: String(hostPort) }]
  }
  return map
}
