import { posix } from 'node:path'
import { badParameter } from '../api/errors.ts'
import type { HostConfig, MountRequest } from './model.ts'

/** What the request wants mounted at one place. */
export type WantedMount =
  | {
      readonly type: 'bind'
      readonly source: string
      readonly destination: string
      readonly readOnly: boolean
      readonly mode: string
      /** A missing source is made as a directory. */
      readonly createSource: boolean
      readonly fromMounts: boolean
    }
  | {
      readonly type: 'volume'
      /** Undefined: an anonymous one. */
      readonly name: string | undefined
      readonly destination: string
      readonly readOnly: boolean
      readonly mode: string
      /** An empty volume is filled from the image. */
      readonly copy: boolean
      readonly driver: string
      readonly options: Readonly<Record<string, string>>
      readonly labels: Readonly<Record<string, string>>
      /** Only this directory or file of the volume. */
      readonly subpath?: string
      readonly fromMounts: boolean
    }
  | {
      readonly type: 'tmpfs'
      readonly destination: string
      readonly readOnly: boolean
      readonly options: readonly string[]
      readonly fromMounts: boolean
    }

/**
 * All mounts that a request names itself, in Docker's order: binds, mounts, tmpfs.
 *
 * @throws ApiError 400 in dockerd's words.
 */
export const wantedMounts = (hostConfig: Pick<HostConfig, 'Binds' | 'Mounts' | 'Tmpfs'>): WantedMount[] => {
  const wanted = [
    ...(hostConfig.Binds ?? []).map(parseBind),
    ...hostConfig.Mounts.map(parseMount),
    ...Object.entries(hostConfig.Tmpfs).map(
      ([destination, options]): WantedMount => ({
        type: 'tmpfs',
        destination: target(destination, destination),
        readOnly: options.split(',').includes('ro'),
        options: tmpfsOptions(options.split(',').filter((option) => option !== '')),
        fromMounts: false,
      }),
    ),
  ]
  const seen = new Set<string>()
  for (const { destination } of wanted) {
    if (seen.has(destination)) throw badParameter(`Duplicate mount point: ${destination}`)
    seen.add(destination)
  }
  return wanted
}

/** `[source:]target[:options]` */
const parseBind = (text: string): WantedMount => {
  const parts = text.split(':')
  const [first = '', second, options = ''] = parts
  const fault = badParameter(`invalid volume specification: '${text}'`)
  if (parts.length > 3 || first === '' || second === '') throw fault
  const [source, destination] = second === undefined ? [undefined, first] : [first, second]
  const mode = parseMode(options, fault)
  if (source?.startsWith('/'))
    return {
      type: 'bind',
      source: trimmed(source),
      destination: target(destination, text),
      readOnly: mode.readOnly,
      mode: options,
      createSource: true,
      fromMounts: false,
    }
  if (source !== undefined && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(source)) throw invalidName(source)
  return {
    type: 'volume',
    name: source,
    destination: target(destination, text),
    readOnly: mode.readOnly,
    mode: options === '' ? 'z' : options,
    copy: mode.copy,
    driver: '',
    options: {},
    labels: {},
    fromMounts: false,
  }
}

const invalidName = (name: string) =>
  badParameter(
    `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
  )

/** Words that change nothing in a virtual machine: who else may see a mount, how SELinux labels it, how caches behave on a Mac. */
const harmless = new Set([
  'z',
  'Z',
  'private',
  'rprivate',
  'consistent',
  'cached',
  'delegated',
  'rbind',
  'bind',
])

const parseMode = (options: string, fault: Error): { readOnly: boolean; copy: boolean } => {
  const words = options.split(',').filter((word) => word !== '')
  for (const word of words) {
    if (['shared', 'rshared', 'slave', 'rslave'].includes(word)) throw propagation(word)
    if (!harmless.has(word) && !['ro', 'rw', 'nocopy'].includes(word))
      throw badParameter(`invalid mode: ${options}`)
  }
  if (words.includes('ro') && words.includes('rw')) throw fault
  return { readOnly: words.includes('ro'), copy: !words.includes('nocopy') }
}

const propagation = (word: string) =>
  badParameter(`mount propagation "${word}" is not supported: mounts do not pass between virtual machines`)

const parseMount = (mount: MountRequest): WantedMount => {
  const fault = (message: string) => badParameter(`invalid mount config for type "${mount.Type}": ${message}`)
  if (mount.Target === '') throw fault('field Target must not be empty')
  const base = {
    destination: target(mount.Target, mount.Target),
    readOnly: mount.ReadOnly === true,
    fromMounts: true,
  }
  const { Source: source = '' } = mount
  switch (mount.Type) {
    case 'bind': {
      if (source === '') throw fault('field Source must not be empty')
      if (!source.startsWith('/')) throw fault(`invalid mount path: '${source}' mount path must be absolute`)
      const { Propagation = '', CreateMountpoint = false } = mount.BindOptions ?? {}
      if (!['', 'private', 'rprivate'].includes(Propagation)) throw propagation(Propagation)
      return { ...base, type: 'bind', source: trimmed(source), mode: '', createSource: CreateMountpoint }
    }
    case 'volume': {
      const { NoCopy, Labels, Subpath, DriverConfig } = mount.VolumeOptions ?? {}
      if (Subpath && !isWithin(Subpath)) throw fault('subpath must be a relative path within the volume')
      return {
        ...base,
        type: 'volume',
        name: source === '' ? undefined : source,
        mode: 'z',
        copy: NoCopy !== true,
        driver: DriverConfig?.Name ?? '',
        options: DriverConfig?.Options ?? {},
        labels: Labels ?? {},
        ...(Subpath && { subpath: Subpath }),
      }
    }
    case 'tmpfs': {
      if (source !== '') throw fault('field Source must not be specified')
      const { SizeBytes = 0, Mode = 0 } = mount.TmpfsOptions ?? {}
      const options = [
        ...(SizeBytes > 0 ? [`size=${SizeBytes}`] : []),
        ...(Mode > 0 ? [`mode=${Mode.toString(8)}`] : []),
      ]
      return { ...base, type: 'tmpfs', options: tmpfsOptions(options) }
    }
    case 'npipe':
    case 'cluster':
    case 'image':
      throw fault('this type is not supported')
    default:
      throw fault('mount type unknown')
  }
}

const isWithin = (path: string): boolean =>
  !posix.isAbsolute(path) && !/^\.\.(\/|$)/.test(posix.normalize(path))

/** What Docker adds: no programs with privileges, no devices, no programs, unless asked for. */
const tmpfsOptions = (asked: readonly string[]): string[] => {
  const words = new Set(asked)
  const defaults = [
    ['noexec', 'exec'],
    ['nosuid', 'suid'],
    ['nodev', 'dev'],
  ].flatMap(([word = '', opposite = '']) => (words.has(word) || words.has(opposite) ? [] : [word]))
  return [...defaults, ...asked.filter((option) => option !== 'rw')]
}

const target = (path: string, whole: string): string => {
  if (!path.startsWith('/'))
    throw badParameter(
      `invalid volume specification: '${whole}': invalid mount path: '${path}' mount path must be absolute`,
    )
  const clean = trimmed(path)
  if (clean === '/') throw badParameter(`invalid specification: destination can't be '/'`)
  return clean
}

const trimmed = (path: string): string => {
  const clean = posix.normalize(path)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}
