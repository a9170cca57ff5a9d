import { byteCount, type Mount, type Project, type Service } from '@container-compose/compose'
import { compact } from './values.ts'

interface Inherited {
  readonly name: string
  readonly target: string
  readonly readOnly: boolean
}

/**
 * What is mounted, as the engine wants it said: `Binds` for binds whose source may be made and for plain named volumes,
 * `Mounts` for all that `Binds` cannot say.
 */
export const mountMembers = (project: Project, service: Service, inherited: readonly Inherited[]) => {
  const binds: string[] = []
  const mounts: object[] = []
  const inheritedTargets = new Set(inherited.map(({ target }) => target))
  for (const mount of service.volumes ?? []) {
    const source = sourceOf(project, mount)
    if (isAnonymous(mount) && inheritedTargets.has(mount.target ?? '')) continue
    if (fitsBinds(project, mount)) binds.push(bindText(source ?? '', mount))
    else mounts.push(mountObject(source, mount))
  }
  for (const { name, target, readOnly } of inherited)
    mounts.push(compact({ Type: 'volume', Source: name, Target: target, ReadOnly: readOnly || undefined }))
  return { Binds: binds, Mounts: [...mounts, ...fileMounts(project, service)], Tmpfs: tmpfs(service) }
}

export const isAnonymous = (mount: Mount): boolean =>
  mount.type === 'volume' && (mount.source === undefined || mount.source === '')

const sourceOf = (project: Project, { type, source }: Mount): string | undefined =>
  type === 'volume' && source ? (project.volumes[source]?.name ?? source) : source

const fitsBinds = (project: Project, mount: Mount): boolean => {
  if (mount.type === 'bind')
    return (
      mount.bind === undefined ||
      (mount.bind.create_host_path === true && !mount.bind.propagation && !mount.bind.recursive)
    )
  if (mount.type !== 'volume' || !mount.source || project.volumes[mount.source] === undefined) return false
  const { labels, subpath, nocopy } = mount.volume ?? {}
  return Object.keys(labels ?? {}).length === 0 && !subpath && !nocopy
}

const bindText = (source: string, { target, read_only, bind, volume }: Mount): string => {
  const options = [read_only ? 'ro' : 'rw', bind?.selinux, bind?.propagation, volume?.nocopy && 'nocopy']
  return `${source}:${target}:${options.filter(Boolean).join(',')}`
}

const mountObject = (source: string | undefined, mount: Mount): object => {
  const { type, target, read_only, consistency, bind, volume, tmpfs, image } = mount
  return compactMount({
    Type: type,
    Source: source || undefined,
    Target: target,
    ReadOnly: read_only || undefined,
    Consistency: consistency || undefined,
    BindOptions: type === 'bind' ? bindOptions(bind) : undefined,
    VolumeOptions: volume && {
      NoCopy: volume.nocopy || undefined,
      Labels: volume.labels,
      Subpath: volume.subpath || undefined,
    },
    TmpfsOptions: tmpfs && { SizeBytes: byteCount(tmpfs.size), Mode: tmpfs.mode },
    ImageOptions: image?.subpath ? { Subpath: image.subpath } : undefined,
  })
}

/** `recursive` in the words of the engine. */
const bindOptions = (bind: Mount['bind']) => ({
  Propagation: bind?.propagation || undefined,
  ...(bind?.recursive === 'disabled' ? { NonRecursive: true } : {}),
  ...(bind?.recursive === 'writable' ? { ReadOnlyNonRecursive: true } : {}),
  ...(bind?.recursive === 'readonly' ? { ReadOnlyForceRecursive: true } : {}),
})

const compactMount = (mount: Record<string, unknown>): object =>
  compact(
    Object.fromEntries(
      Object.entries(mount).map(([key, value]) => [
        key,
        value !== null && typeof value === 'object' ? compact(value) : value,
      ]),
    ),
  )

/** Secrets and configs that are files of the host. */
const fileMounts = (project: Project, service: Service): object[] => [
  ...(service.secrets ?? []).flatMap((use) => {
    const file = project.secrets[use.source ?? '']?.file
    return file ? [readOnlyBind(file, secretTarget(use))] : []
  }),
  ...(service.configs ?? []).flatMap((use) => {
    const file = project.configs[use.source ?? '']?.file
    return file ? [readOnlyBind(file, configTarget(use))] : []
  }),
]

const readOnlyBind = (source: string, target: string): object => ({
  Type: 'bind',
  Source: source,
  Target: target,
  ReadOnly: true,
  BindOptions: {},
})

interface Use {
  readonly source?: string
  readonly target?: string
}

export const secretTarget = ({ source, target }: Use): string => {
  if (!target) return `/run/secrets/${source}`
  return target.startsWith('/') ? target : `/run/secrets/${target}`
}

export const configTarget = ({ source, target }: Use): string => {
  if (!target) return `/${source}`
  return target.startsWith('/') ? target : `/${target}`
}

const tmpfs = ({ tmpfs = [] }: Service): Record<string, string> =>
  Object.fromEntries(
    tmpfs.map((entry) => {
      const [path = entry, ...options] = entry.split(':')
      return [path, options.join(':')]
    }),
  )
