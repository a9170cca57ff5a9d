import { byteCount, type Healthcheck, type Project, type Service } from '@container-compose/compose'
import type { ContainerCreateBody } from '../client/api-types.ts'
import { composeVersion, formatDependencies, label } from '../labels.ts'
import type { Instance } from './desired-state.ts'
import { mountMembers } from './mounts.ts'
import { containerNameOf, networkMembers, portMembers } from './networking.ts'
import { resourceLimits, restartPolicy } from './resources.ts'
import { compact, nanoseconds } from './values.ts'

export interface ServiceIdentity {
  readonly project: Project
  readonly name: string
  readonly hash: string
  readonly image: string
}

/** Body of `POST /containers/create` for one container of a service; members that say nothing are left out. */
export const containerBody = (
  { project, name, hash, image }: ServiceIdentity,
  instance: Instance,
): ContainerCreateBody => {
  const service = project.services[name] as Service
  const { mode, endpoints } = networkMembers(project, service, {
    containerName: finalName(instance),
    serviceName: instance.oneOff?.useAliases === false ? undefined : name,
  })
  const { exposed, bindings } = portMembers(service)
  const labels = {
    ...service.labels,
    ...projectLabels(project),
    [label.configHash]: hash,
    [label.service]: name,
    ...numberLabels(instance),
    [label.image]: instance.image?.Id ?? '',
    [label.dependsOn]: dependsOnText(service),
    ...(instance.replaces === undefined ? {} : { [label.replace]: instance.replaces }),
  }
  return compact({
    ...containerConfig(service),
    AttachStdin: instance.oneOff?.attachStdin || undefined,
    StdinOnce: instance.oneOff?.attachStdin || undefined,
    ExposedPorts: exposed,
    Image: image,
    Labels: labels,
    HostConfig: compact({
      ...mountMembers(project, service, instance.inherited ?? []),
      ...hostConfig(project, service),
      NetworkMode: mode,
      PortBindings: bindings,
      AutoRemove: instance.oneOff?.autoRemove || undefined,
    }),
    NetworkingConfig: { EndpointsConfig: endpoints },
  })
}

const numberLabels = ({ number, oneOff }: Instance): Record<string, string> =>
  oneOff === undefined
    ? { [label.containerNumber]: String(number), [label.oneOff]: 'False' }
    : { [label.slug]: oneOff.slug, [label.oneOff]: 'True' }

/** While a container replaces another it has a temporary name, and already answers to the lasting one. */
const finalName = ({ name }: Instance): string => name.replace(/^[0-9a-f]{12}_/, '')

/** The labels that everything of a project carries. */
export const projectLabels = (project: Project): Record<string, string> => ({
  [label.project]: project.name,
  [label.version]: composeVersion,
  [label.workingDirectory]: project.workingDirectory,
  [label.configFiles]: project.composeFiles.join(','),
  ...(project.envFiles.length > 0 ? { [label.environmentFiles]: project.envFiles.join(',') } : {}),
})

const dependsOnText = ({ depends_on = {} }: Service): string =>
  formatDependencies(
    Object.entries(depends_on).map(([service, { condition = 'service_started', restart = false }]) => ({
      service,
      condition,
      restart,
    })),
  )

/** The members beside HostConfig that come from the service alone. */
const containerConfig = (service: Service) => {
  const grace = nanoseconds(service.stop_grace_period)
  return {
    Hostname: service.hostname,
    Domainname: service.domainname,
    User: service.user,
    AttachStdout: true,
    AttachStderr: true,
    Tty: service.tty || undefined,
    OpenStdin: service.stdin_open || undefined,
    Env: environmentList(service.environment),
    Cmd: service.command ?? undefined,
    Entrypoint: entrypoint(service),
    WorkingDir: service.working_dir,
    StopSignal: service.stop_signal,
    StopTimeout: grace === undefined ? undefined : Math.ceil(grace / 1e9),
    Healthcheck: service.healthcheck && healthcheck(service.healthcheck),
  }
}

/** An empty entrypoint clears the image's, which the API says with one empty word. */
const entrypoint = ({ entrypoint }: Service): readonly string[] | undefined =>
  entrypoint?.length === 0 ? [''] : (entrypoint ?? undefined)

/** `NAME=value`; `NAME` alone asks the engine to remove the variable that the image sets. */
export const environmentList = (environment: Service['environment'] = {}): string[] =>
  Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === null ? name : `${name}=${value}`))

const healthcheck = (check: Healthcheck) =>
  compact({
    Test: check.disable ? ['NONE'] : check.test,
    Interval: nanoseconds(check.interval),
    Timeout: nanoseconds(check.timeout),
    StartPeriod: nanoseconds(check.start_period),
    StartInterval: nanoseconds(check.start_interval),
    Retries: check.retries,
  })

const hostConfig = (project: Project, service: Service) => ({
  ...resourceLimits(service),
  Annotations: service.annotations,
  CapAdd: service.cap_add,
  CapDrop: service.cap_drop,
  CgroupnsMode: service.cgroup,
  Dns: service.dns,
  DnsOptions: service.dns_opt,
  DnsSearch: service.dns_search,
  ExtraHosts: service.extra_hosts?.map((entry) => entry.replace('=', ':')),
  GroupAdd: service.group_add,
  Init: service.init,
  IpcMode: sharedNamespace(project, service.ipc),
  Isolation: service.isolation,
  LogConfig: service.logging && {
    Type: service.logging.driver ?? '',
    Config: service.logging.options ?? null,
  },
  PidMode: sharedNamespace(project, service.pid),
  Privileged: service.privileged || undefined,
  ReadonlyRootfs: service.read_only || undefined,
  RestartPolicy: restartPolicy(service),
  Runtime: service.runtime,
  SecurityOpt: service.security_opt,
  ShmSize: byteCount(service.shm_size),
  StorageOpt: service.storage_opt,
  Sysctls: service.sysctls,
  UTSMode: service.uts,
  UsernsMode: service.userns_mode,
  VolumesFrom: service.volumes_from?.map((from) => volumesFrom(project, from)),
})

const sharedNamespace = (project: Project, mode: string | undefined): string | undefined => {
  const [, shared] = /^service:(.*)$/.exec(mode ?? '') ?? []
  return shared === undefined ? mode : `container:${containerNameOf(project, shared)}`
}

const volumesFrom = (project: Project, from: string): string => {
  const [, container] = /^container:(.*)$/.exec(from) ?? []
  if (container !== undefined) return container
  const [service = from, ...access] = from.split(':')
  return [containerNameOf(project, service), ...access].join(':')
}
