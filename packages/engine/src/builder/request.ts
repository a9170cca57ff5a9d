import { badParameter, notImplemented } from '../api/errors.ts'
import { canonical, familiar, parseReference, withDefaultTag } from '../images/reference.ts'

/** What a build is asked for, beside its context. */
export interface BuildRequest {
  /** Path in the context. */
  readonly dockerfile: string
  /** Familiar names with tags that the image gets. */
  readonly tags: readonly string[]
  /** URL of the context in place of the body. */
  readonly remote: string | undefined
  readonly quiet: boolean
  readonly noCache: boolean
  /** Ask the registry for newer base images. */
  readonly pull: boolean
  readonly squash: boolean
  readonly args: ReadonlyMap<string, string>
  readonly labels: Readonly<Record<string, string>>
  readonly target: string | undefined
  readonly platform: string | undefined
  readonly network: 'private' | 'none' | 'host'
  /** `name:address` */
  readonly extraHosts: readonly string[]
  /** `name=soft:hard` */
  readonly ulimits: readonly string[]
  /** Bytes. */
  readonly shmSize: number | undefined
  readonly memory: number | undefined
  readonly memorySwap: number | undefined
  readonly cpuShares: number | undefined
  /** Microseconds. */
  readonly cpuPeriod: number | undefined
  readonly cpuQuota: number | undefined
  readonly cpusetCpus: string | undefined
  readonly cpusetMems: string | undefined
  /** Agents' sockets by id, paths of this machine. */
  readonly ssh: Readonly<Record<string, string>>
  /** Images that stand for names in FROM and --from. */
  readonly contextImages: Readonly<Record<string, string>>
}

/**
 * Reads the query of `POST /build`, as Docker's classic builder has it; `ssh` and `contextimages` are additions of ours.
 *
 * @throws ApiError 400 for values that are wrong, 501 for wishes that buildah can't fulfil
 */
export const readBuildRequest = (query: URLSearchParams): BuildRequest => {
  refuse(query)
  const isSet = (name: string): boolean =>
    !['', '0', 'no', 'false', 'none'].includes(query.get(name)?.trim().toLowerCase() ?? '')
  const text = (name: string): string | undefined => query.get(name) || undefined
  const args = Object.entries(readMap(query, 'buildargs')).flatMap(([name, value]) =>
    // An argument without value is the builder's own environment, which nobody shares with a build.
    value === null ? [] : [[name, value] as const],
  )
  return {
    dockerfile: text('dockerfile') ?? 'Dockerfile',
    tags: query.getAll('t').filter(Boolean).map(readTag),
    remote: text('remote'),
    quiet: isSet('q'),
    noCache: isSet('nocache'),
    pull: isSet('pull'),
    squash: isSet('squash'),
    args: new Map(args),
    labels: texts(readMap(query, 'labels'), 'labels'),
    target: text('target'),
    platform: text('platform'),
    network: readNetwork(text('networkmode') ?? 'default'),
    extraHosts: query.getAll('extrahosts').filter(Boolean).map(readExtraHost),
    ulimits: readUlimits(query),
    shmSize: readCount(query, 'shmsize'),
    memory: readCount(query, 'memory'),
    memorySwap: readCount(query, 'memswap'),
    cpuShares: readCount(query, 'cpushares'),
    cpuPeriod: readCount(query, 'cpuperiod'),
    cpuQuota: readCount(query, 'cpuquota'),
    cpusetCpus: text('cpusetcpus'),
    cpusetMems: text('cpusetmems'),
    ssh: texts(readMap(query, 'ssh'), 'ssh'),
    contextImages: texts(readMap(query, 'contextimages'), 'contextimages'),
  }
}

const refuse = (query: URLSearchParams): void => {
  if (query.get('version') === '2')
    throw notImplemented('BuildKit is not supported by this engine: set DOCKER_BUILDKIT=0')
  if (!['', 'default'].includes(query.get('isolation') ?? ''))
    throw badParameter(
      `isolation "${query.get('isolation')}" is not supported: a build has one isolation only`,
    )
  if (query.getAll('securityopt').some(Boolean))
    throw notImplemented('security options are not supported for a build')
  if (!['', 'null', '[]'].includes(query.get('outputs') ?? ''))
    throw notImplemented('outputs other than an image are not supported')
}

const readTag = (text: string): string => {
  const reference = withDefaultTag(parseReference(text))
  if (reference.digest !== undefined)
    throw badParameter(`invalid argument "${text}" for "-t, --tag" flag: a tag has no digest`)
  canonical(reference)
  return familiar(reference)
}

const readNetwork = (mode: string): BuildRequest['network'] => {
  if (mode === 'default' || mode === 'bridge') return 'private'
  if (mode === 'none' || mode === 'host') return mode
  throw badParameter(`network mode "${mode}" is not supported by build: default, none or host`)
}

const readExtraHost = (entry: string): string => {
  const [, name, address] = /^([^:=\s,]+)[:=](\S+)$/.exec(entry) ?? []
  if (name === undefined || address === undefined) throw badParameter(`bad format for add-host: "${entry}"`)
  return `${name}:${address.replace(/^\[(.*)\]$/, '$1')}`
}

const readUlimits = (query: URLSearchParams): string[] => {
  const value = readJson(query, 'ulimits') ?? []
  if (!Array.isArray(value)) throw badParameter('ulimits is no list')
  return value.map((limit: { Name?: unknown; Soft?: unknown; Hard?: unknown }) => {
    const { Name, Soft, Hard } = limit
    if (typeof Name !== 'string' || !/^\w+$/.test(Name) || !Number.isInteger(Soft) || !Number.isInteger(Hard))
      throw badParameter(`invalid ulimit ${JSON.stringify(limit)}`)
    return `${Name}=${Soft}:${Hard}`
  })
}

const readCount = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === '' || text === '0') return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw badParameter(`invalid ${name}: ${text}`)
  return Number(text)
}

const readMap = (query: URLSearchParams, name: string): Record<string, string | null> => {
  const value = readJson(query, name) ?? {}
  const isMap =
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([key, text]) => key !== '' && (text === null || (typeof text === 'string' && !text.includes('\0'))),
    )
  if (!isMap) throw badParameter(`${name} is no map of texts`)
  return value as Record<string, string | null>
}

const texts = (map: Readonly<Record<string, string | null>>, name: string): Record<string, string> => {
  if (Object.values(map).includes(null)) throw badParameter(`${name} has an entry without value`)
  return map as Record<string, string>
}

const readJson = (query: URLSearchParams, name: string): unknown => {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badParameter(`invalid ${name}: ${(error as Error).message}`)
  }
}
