import type { ContainerCreateBody, ContainerDetails } from '../client/api-types.ts'

/**
 * How the container that a body describes would differ from one that exists, in the words of the compose file:
 * `environment.DEBUG "1" → "0"`. Knows the keys that people change; an empty list means that it is something else.
 */
export const differences = (
  { Config, HostConfig }: ContainerDetails,
  body: ContainerCreateBody,
  imageEnvironment: readonly string[],
): string[] => {
  const host = body.HostConfig
  return [
    ...changed('image', Config.Image, body.Image),
    ...changed('command', Config.Cmd, body['Cmd'], { onlyIfWanted: true }),
    ...changed('entrypoint', Config.Entrypoint, body['Entrypoint'], { onlyIfWanted: true }),
    ...environmentChanges(Config.Env ?? [], (body['Env'] as string[] | undefined) ?? [], imageEnvironment),
    ...changed('user', Config.User, body['User'], { onlyIfWanted: true }),
    ...changed('working_dir', Config.WorkingDir, body['WorkingDir'], { onlyIfWanted: true }),
    ...changed('hostname', Config.Hostname, body['Hostname'], { onlyIfWanted: true }),
    ...changed('ports', HostConfig['PortBindings'], host['PortBindings']),
    ...changed('volumes', HostConfig['Binds'], host['Binds']),
    ...changed('mem_limit', HostConfig['Memory'], host['Memory']),
    ...changed('cpus', HostConfig['NanoCpus'], host['NanoCpus']),
    ...changed('privileged', HostConfig['Privileged'], host['Privileged']),
    ...changed('read_only', HostConfig['ReadonlyRootfs'], host['ReadonlyRootfs']),
    ...changed('cap_add', HostConfig['CapAdd'], host['CapAdd'], { onlyIfWanted: true }),
    ...changed('restart', restartText(HostConfig['RestartPolicy']), restartText(host['RestartPolicy'])),
    ...changed('runtime', HostConfig['Runtime'], host['Runtime'], { onlyIfWanted: true }),
    ...changed('healthcheck', Config.Healthcheck, body['Healthcheck'], { onlyIfWanted: true }),
    ...labelChanges(Config.Labels ?? {}, body.Labels),
  ]
}

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
  image: readonly string[],
): string[] => {
  const before = toMap(is)
  const after = new Map([...toMap(image), ...toMap(wanted)])
  return [...new Set([...before.keys(), ...after.keys()])]
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
