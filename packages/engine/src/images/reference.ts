import { badParameter } from '../api/errors.ts'

/** A name of an image, normalised as Docker does: `redis` is `docker.io/library/redis`. */
export interface Reference {
  /** Host of the registry, with its port. */
  readonly domain: string
  readonly path: string
  readonly tag?: string
  readonly digest?: string
}

const separator = '(?:[._]|__|[-]+)'
const pathComponent = `[a-z0-9]+(?:${separator}[a-z0-9]+)*`
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const grammar = new RegExp(
  `^(${domain})/(${pathComponent}(?:/${pathComponent})*)(?::(\\w[\\w.-]{0,127}))?(?:@(${digest}))?$`,
)

/**
 * Parses a reference by the grammar of github.com/distribution/reference, with its defaults for the registry; the tag is only
 * there when it was given.
 *
 * @throws ApiError 400 with Docker's text
 */
export const parseReference = (text: string): Reference => {
  if (/^[0-9a-f]{64}$/.test(text))
    throw badParameter(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  const { domain, rest } = splitDomain(text)
  const colon = rest.indexOf(':')
  const name = colon === -1 ? rest : rest.slice(0, colon)
  if (name.toLowerCase() !== name)
    throw badParameter(`invalid reference format: repository name (${name}) must be lowercase`)
  const [, host, path, tag, digest] = grammar.exec(`${domain}/${rest}`) ?? []
  if (host === undefined || path === undefined) throw badParameter('invalid reference format')
  if (host.length + path.length + 1 > 255)
    throw badParameter('repository name must not be more than 255 characters')
  return { domain: host, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) }
}

/** The first part is a registry when it looks like a host: `localhost`, or with a dot, a port or a capital letter. */
const splitDomain = (text: string): { domain: string; rest: string } => {
  const slash = text.indexOf('/')
  const first = text.slice(0, slash)
  const isHost =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  const domain = isHost ? first : 'docker.io'
  const rest = isHost ? text.slice(slash + 1) : text
  if (domain !== 'docker.io' && domain !== 'index.docker.io') return { domain, rest }
  return { domain: 'docker.io', rest: rest.includes('/') ? rest : `library/${rest}` }
}

/** With `:latest` unless a tag or digest is there. */
export const withDefaultTag = (reference: Reference): Reference =>
  reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference

/** `docker.io/library/redis`: the same for every way to write it. */
export const repositoryOf = ({ domain, path }: Reference): string => `${domain}/${path}`

export const canonical = (reference: Reference): string => `${repositoryOf(reference)}${suffix(reference)}`

/** As Docker shows it: `redis:7`, `localhost:5000/redis:7`. */
export const familiar = (reference: Reference): string => `${familiarName(reference)}${suffix(reference)}`

export const familiarName = ({ domain, path }: Reference): string => {
  if (domain !== 'docker.io') return `${domain}/${path}`
  const short = /^library\/([^/]+)$/.exec(path)?.[1]
  return short ?? path
}

const suffix = ({ tag, digest }: Reference): string =>
  `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
