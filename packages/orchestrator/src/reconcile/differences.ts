import type { ContainerCreateBody, ContainerDetails } from '../client/api-types.ts'

/**
 * How the container that a body describes would differ from one that exists, in the words of the compose file:
 * `environment.DEBUG "1" → "0"`. Knows the keys that people change; an empty list means that it is something else.
 */
export const differences = (
  { Config, HostConfig }: ContainerDetails,
  body: ContainerCreateBody,
  imageEnvironment: readonly string[] | undefined,
): string[] => {
  const config = Config as unknown as Record<string, unknown>
  const host = body.HostConfig
  return [
    ...changed('image', Config.Image, body.Image),
    ...environmentChanges(Config.Env ?? [], (body['Env'] as string[] | undefined) ?? [], imageEnvironment),
    ...configKeys.flatMap(([key, member]) =>
      changed(key, config[member], body[member], { onlyIfWanted: true }),
    ),
    ...hostKeys.flatMap(([key, member]) => changed(key, HostConfig[member], host[member])),
    ...optionalHostKeys.flatMap(([key, member]) =>
      changed(key, HostConfig[member], host[member], { onlyIfWanted: true }),
    ),
    ...changed('restart', restartText(HostConfig['RestartPolicy']), restartText(host['RestartPolicy'])),
    ...labelChanges(Config.Labels ?? {}, body.Labels),
  ]
}

type Keys = readonly (readonly [key: string, member: string])[]

/** Of the container; the image or the engine fills in what is not wanted. */
const configKeys: Keys = [
  ['command', 'Cmd'],
  ['entrypoint', 'Entrypoint'],
  ['user', 'User'],
  ['working_dir', 'WorkingDir'],
  ['hostname', 'Hostname'],
  ['domainname', 'Domainname'],
  ['tty', 'Tty'],
  ['stdin_open', 'OpenStdin'],
  ['stop_signal', 'StopSignal'],
  ['stop_grace_period', 'StopTimeout'],
  ['healthcheck', 'Healthcheck'],
]

/** Of the host; unset and not wanted are the same. */
const hostKeys: Keys = [
  ['ports', 'PortBindings'],
  ['volumes', 'Binds'],
  ['tmpfs', 'Tmpfs'],
  ['mem_limit', 'Memory'],
  ['cpus', 'NanoCpus'],
  ['privileged', 'Privileged'],
  ['read_only', 'ReadonlyRootfs'],
  ['extra_hosts', 'ExtraHosts'],
  ['dns', 'Dns'],
  ['sysctls', 'Sysctls'],
]

/** Of the host; engines have defaults of their own, or write what is wanted in another way. */
const optionalHostKeys: Keys = [
  ['cap_add', 'CapAdd'],
  ['cap_drop', 'CapDrop'],
  ['runtime', 'Runtime'],
  ['init', 'Init'],
  ['pids_limit', 'PidsLimit'],
  ['shm_size', 'ShmSize'],
  ['ulimits', 'Ulimits'],
]

/** With `onlyIfWanted` an unset value says nothing: the image or the engine has filled it in. */
const changed = (
  key: string,
  is: unknown,
  wanted: unknown,
  { onlyIfWanted = false }: { readonly onlyIfWanted?: boolean } = {},
): string[] => {
  if (onlyIfWanted && isNothing(wanted)) return []
  if ((isNothing(is) && isNothing(wanted)) || stable(is) === stable(wanted)) return []
  return [`${key} ${shown(is)} → ${shown(wanted)}`]
}

const environmentChanges = (
  is: readonly string[],
  wanted: readonly string[],
  image: readonly string[] | undefined,
): string[] => {
  const before = toMap(is)
  const after = new Map([...toMap(image ?? []), ...toMap(wanted)])
  // Of an image that is not there yet nobody knows what it sets.
  const names = image === undefined ? after.keys() : [...before.keys(), ...after.keys()]
  return [...new Set(names)]
    .sort()
    .flatMap((name) => changed(`environment.${name}`, before.get(name), after.get(name)))
}

const labelChanges = (
  is: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): string[] =>
  [...new Set([...Object.keys(is), ...Object.keys(wanted)])]
    .sort()
    .filter((name) => !name.startsWith('com.docker.compose.') && name in wanted)
    .flatMap((name) => changed(`labels.${name}`, is[name], wanted[name]))

/** `on-failure:3`; `no` is the same as nothing. */
const restartText = (policy: unknown): string => {
  const { Name = '', MaximumRetryCount = 0 } = (policy ?? {}) as { Name?: string; MaximumRetryCount?: number }
  if (Name === 'no') return ''
  return MaximumRetryCount > 0 ? `${Name}:${MaximumRetryCount}` : Name
}

const toMap = (list: readonly string[]): Map<string, string> =>
  new Map(
    list
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0)

const shown = (value: unknown): string => (isNothing(value) ? 'unset' : stable(value))

/** JSON with sorted keys, without members that say nothing. */
const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(
          Object.entries(member)
            .filter(([, inner]) => !isNothing(inner))
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : member,
  ) ?? 'unset'
