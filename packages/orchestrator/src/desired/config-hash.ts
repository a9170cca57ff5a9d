import { createHash } from 'node:crypto'
import type { Network, Project, Service, Volume } from '@container-compose/compose'

/**
 * The `config-hash` label of a service as Docker Compose computes it: SHA-256 of the compact JSON that Go would write of
 * the resolved service, without what does not make another container of it.
 */
export const serviceHash = (project: Project, name: string): string => {
  const service = project.services[name] as Service
  const { build: _b, pull_policy: _p, scale: _s, depends_on: _d, profiles: _f, deploy, ...kept } = service
  if (deploy === undefined) return digest(kept)
  const { replicas: _r, ...keptDeploy } = deploy
  // The order of keys counts: `deploy` keeps its place.
  return digest(
    Object.fromEntries(
      Object.keys(service)
        .filter((key) => key === 'deploy' || key in kept)
        .map((key) => [key, key === 'deploy' ? keptDeploy : kept[key as keyof typeof kept]]),
    ),
  )
}

export const networkHash = (network: Network): string => digest(network)

/** A volume without a driver is hashed with the one that it gets. */
export const volumeHash = ({ name, driver, ...rest }: Volume): string =>
  digest({ ...(name === undefined ? {} : { name }), driver: driver ?? 'local', ...rest })

const digest = (value: object): string => createHash('sha256').update(goJson(value)).digest('hex')

/** Compact JSON as Go's encoder writes it: five characters escaped that JavaScript leaves, maps with sorted keys. */
const goJson = (value: object): string =>
  JSON.stringify(canonical(value, [])).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const canonical = (value: unknown, path: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((item) => canonical(item, path))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(
    ([key, member]) => member !== undefined && !isExtension(key, path),
  )
  if (isMap(path)) entries.sort(([a], [b]) => (Buffer.from(a).compare(Buffer.from(b)) < 0 ? -1 : 1))
  return Object.fromEntries(entries.map(([key, member]) => [key, canonical(member, [...path, key])]))
}

const isExtension = (key: string, path: readonly string[]): boolean => key.startsWith('x-') && !isMap(path)

/** Attributes whose keys are the user's own. */
const isMap = (path: readonly string[]): boolean => mapNames.has(path.at(-1) ?? '')

const mapNames = new Set([
  'annotations',
  'aux_addresses',
  'driver_opts',
  'environment',
  'labels',
  'models',
  'networks',
  'options',
  'storage_opt',
  'sysctls',
  'ulimits',
])
