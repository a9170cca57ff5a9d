import { badParameter } from '../api/errors.ts'
import { isDigest } from './cache/cache.ts'
import type { ImageConfig } from './images.ts'

/** image-spec descriptor.md; Docker's schema 2 has the same members. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations: Readonly<Record<string, string>>
  readonly platform?: Platform
}

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string
}

/** What a manifest says: one image, or one of several to choose (image-spec manifest.md and image-index.md, Docker's schema 2). */
export type Manifest =
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] }
  | { readonly kind: 'index'; readonly manifests: readonly Descriptor[] }

/** Far above any that is real: an image of a thousand layers has a manifest of 200 KB. */
export const longestManifest = 4 * 1024 * 1024

/** More would not fit into one mount of overlayfs. */
const mostLayers = 500

/** @throws ApiError 400 for other forms, Docker's old schema 1 among them */
export const decodeManifest = (bytes: Buffer): Manifest => {
  const value = decodeObject(bytes, 'manifest')
  if (Array.isArray(value['manifests']))
    return { kind: 'index', manifests: value['manifests'].map(descriptor) }
  if (value['schemaVersion'] !== 2 || !Array.isArray(value['layers']))
    throw badParameter('unsupported manifest: neither an OCI one nor of schema version 2')
  if (value['layers'].length > mostLayers) throw badParameter(`more than ${mostLayers} layers`)
  return { kind: 'image', config: descriptor(value['config']), layers: value['layers'].map(descriptor) }
}

/** The manifest of an index for a platform; variants count only when asked for. */
export const choosePlatform = (manifests: readonly Descriptor[], wanted: Platform): Descriptor => {
  const fits = manifests.filter(
    ({ platform }) =>
      platform === undefined ||
      (platform.os === wanted.os &&
        platform.architecture === wanted.architecture &&
        (wanted.variant === undefined || platform.variant === wanted.variant)),
  )
  const [best] = [...fits].sort((a, b) => Number(a.platform === undefined) - Number(b.platform === undefined))
  if (best === undefined)
    throw badParameter(`no matching manifest for ${formatPlatform(wanted)} in the manifest list entries`)
  return best
}

export const hostPlatform = (): Platform => {
  const names: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386' }
  return { os: 'linux', architecture: names[process.arch] ?? process.arch }
}

/** `linux/arm64/v8`, or the architecture alone. */
export const parsePlatform = (text: string): Platform => {
  const parts = text.toLowerCase().split('/')
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part)))
    throw badParameter(
      `"${text}" is an invalid OS component of "${text}": OSAndVersion specifier component must match`,
    )
  const [os = '', architecture, variant] = parts
  if (architecture === undefined)
    return os === 'linux' ? hostPlatform() : { os: 'linux', architecture: goArchitecture(os) }
  return { os, architecture: goArchitecture(architecture), ...(variant !== undefined && { variant }) }
}

const goArchitecture = (name: string): string =>
  ({ x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64', armhf: 'arm', armel: 'arm', i386: '386' })[name] ??
  name

const formatPlatform = ({ os, architecture, variant }: Platform): string =>
  [os, architecture, variant].filter((part) => part !== undefined).join('/')

/** The configuration, with the types of the members that we use checked: whoever reads it later may trust them. */
export const decodeConfig = (bytes: Buffer): ImageConfig => {
  const value = decodeObject(bytes, 'image configuration')
  const fault = (what: string) => badParameter(`invalid image configuration: ${what}`)
  const { config, rootfs, history } = value
  if (!isObject(rootfs) || !isList(rootfs['diff_ids'], isDigest)) throw fault('rootfs')
  if (typeof value['os'] !== 'string' || typeof value['architecture'] !== 'string')
    throw fault('os, architecture')
  if (history !== undefined && history !== null && !isList(history, isObject)) throw fault('history')
  if (config === undefined || config === null) return value as unknown as ImageConfig
  if (!isObject(config)) throw fault('config')
  for (const [name, fits] of Object.entries(configMembers)) {
    const member = config[name]
    if (member !== undefined && member !== null && !fits(member)) throw fault(name)
  }
  return value as unknown as ImageConfig
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0')
const isList = (value: unknown, fits: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(fits)
const isTexts = (value: unknown): boolean => isList(value, isText)
const isMap = (value: unknown): boolean => isObject(value)
const isTextMap = (value: unknown): boolean => isObject(value) && Object.values(value).every(isText)

const configMembers: Readonly<Record<string, (value: unknown) => boolean>> = {
  User: isText,
  ExposedPorts: isMap,
  Env: isTexts,
  Entrypoint: isTexts,
  Cmd: isTexts,
  Volumes: isMap,
  WorkingDir: isText,
  Labels: isTextMap,
  StopSignal: isText,
  Shell: isTexts,
  Healthcheck: (value) =>
    isObject(value) &&
    (value['Test'] === undefined || value['Test'] === null || isTexts(value['Test'])) &&
    ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'].every(
      (name) => value[name] === undefined || Number.isSafeInteger(value[name]),
    ),
}

const decodeObject = (bytes: Buffer, what: string): Record<string, unknown> => {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch (error) {
    throw badParameter(`invalid ${what}: ${(error as Error).message}`)
  }
  if (!isObject(value)) throw badParameter(`invalid ${what}: not an object`)
  return value
}

const descriptor = (value: unknown): Descriptor => {
  if (!isObject(value) || !isDigest(value['digest']))
    throw badParameter('invalid manifest: a descriptor without digest')
  const { mediaType, digest, size, annotations, platform } = value
  return {
    mediaType: isText(mediaType) ? mediaType : '',
    digest,
    size: Number.isSafeInteger(size) ? (size as number) : 0,
    annotations: isTextMap(annotations) ? (annotations as Record<string, string>) : {},
    ...(isObject(platform) && {
      platform: {
        os: String(platform['os']),
        architecture: String(platform['architecture']),
        ...(isText(platform['variant']) && { variant: platform['variant'] }),
      },
    }),
  }
}
