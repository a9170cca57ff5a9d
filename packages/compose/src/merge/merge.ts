import { atKey, type Table, table } from '../tree/patterns.ts'
import { type Dict, dict, isDict, isList, type Value } from '../tree/value.ts'
import { mergeIpamConfig } from './ipam.ts'
import { concatenate, filterList, toMapping, toSequence } from './sequences.ts'

/** Told when two values can't be merged: the dotted path of the place. */
export type OnClash = (path: string) => void

/** How the values of a place are merged; `base` is the weaker. */
type Merger = (base: Value, override: Value, at: Place) => Value

interface Place {
  readonly path: string
  readonly here: Table<Merger> | undefined
  readonly onClash: OnClash
}

const sequence: Merger = (base, override) => concatenate(toSequence(base), toSequence(override))

const replace: Merger = (_, override) => override

/** Lists of names become mappings first. */
const mapping =
  (entry?: () => Value): Merger =>
  (base, override, at) => {
    const weaker = toMapping(base, entry)
    const stronger = toMapping(override, entry)
    if (stronger === undefined) return weaker ?? null
    return weaker === undefined ? stronger : mergeEntries(weaker, stronger, at)
  }

const extraHosts: Merger = (base, override) => {
  const hosts = toSequence(base)
  return concatenate(
    hosts,
    filterList(toSequence(override), (host) => !hosts.includes(host)),
  )
}

/** Options of one driver mean nothing to another. */
const logging: Merger = (base, override, at) => {
  if (!isDict(base) || !isDict(override)) return mergePlain(base, override, at)
  const [weaker, stronger] = [base.get('driver'), override.get('driver')]
  if (weaker === stronger || weaker === undefined || stronger === undefined)
    return mergeEntries(base, override, at)
  return override
}

const build: Merger = (base, override, at) => {
  const long = (value: Value): Value => (typeof value === 'string' ? dict({ context: value }) : value)
  return mergePlain(long(base), long(override), at)
}

const dependency = (): Value => dict({ condition: 'service_started', required: true })

/** What is not merged entry by entry, item by item, or replaced. */
const mergers = table<Merger>([
  ['networks.*.ipam.config', (base, override) => mergeIpamConfig(base, override)],
  ['networks.*.labels', sequence],
  ['volumes.*.labels', sequence],
  ['services.*.annotations', sequence],
  ['services.*.build', build],
  ['services.*.build.args', sequence],
  ['services.*.build.additional_contexts', sequence],
  ['services.*.build.extra_hosts', extraHosts],
  ['services.*.build.labels', sequence],
  ['services.*.command', replace],
  ['services.*.depends_on', mapping(dependency)],
  ['services.*.deploy.labels', sequence],
  ['services.*.dns', sequence],
  ['services.*.dns_opt', sequence],
  ['services.*.dns_search', sequence],
  ['services.*.entrypoint', replace],
  ['services.*.env_file', sequence],
  ['services.*.label_file', sequence],
  ['services.*.environment', sequence],
  ['services.*.extra_hosts', extraHosts],
  ['services.*.healthcheck.test', replace],
  ['services.*.labels', sequence],
  ['services.*.logging', logging],
  ['services.*.models', mapping()],
  ['services.*.networks', mapping()],
  ['services.*.sysctls', sequence],
  ['services.*.tmpfs', sequence],
  ['services.*.ulimits.*', replace],
])

/** Merges a stronger file into a weaker one. Both may be changed. */
export const mergeFiles = (base: Dict, override: Dict, onClash: OnClash): Dict =>
  mergeEntries(base, override, { path: '', here: mergers, onClash })

/** Merges a service into the one that it extends. Both may be changed. */
export const mergeService = (base: Dict, override: Dict, name: string, onClash: OnClash): Dict => {
  const here = atKey(atKey(mergers, 'services'), name)
  return mergeEntries(base, override, { path: `services.${name}`, here, onClash })
}

const mergeValues = (base: Value, override: Value, at: Place): Value =>
  at.here?.row === undefined ? mergePlain(base, override, at) : at.here.row(base, override, at)

const mergePlain = (base: Value, override: Value, at: Place): Value => {
  if (override === null) return base
  if (isDict(base) && isDict(override)) return mergeEntries(base, override, at)
  if (isList(base) && isList(override)) return concatenate(base, override)
  if (isDict(base) || isList(base)) {
    at.onClash(at.path)
    return base
  }
  return override
}

const mergeEntries = (base: Dict, override: Dict, { path, here, onClash }: Place): Dict => {
  for (const [key, value] of override) {
    const weaker = base.get(key)
    if (weaker === undefined) base.set(key, value)
    else
      base.set(
        key,
        mergeValues(weaker, value, {
          path: path === '' ? key : `${path}.${key}`,
          here: atKey(here, key),
          onClash,
        }),
      )
  }
  base.origins = [...override.origins, ...base.origins]
  return base
}
