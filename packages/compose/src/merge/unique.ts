import type { Path } from '../locations.ts'
import type { Report } from '../report.ts'
import { goString, goText, goType } from '../tree/go-text.ts'
import { table } from '../tree/patterns.ts'
import { transformTree } from '../tree/transform.ts'
import { type Dict, isDict, isList, type List, type Value } from '../tree/value.ts'
import { readSections } from '../values/volume.ts'

/** What makes two items of a list the same, or what is wrong with the item. */
type Indexer = (item: Value, path: () => string) => { readonly key: string } | { readonly problem: string }

const keyOfPair: Indexer = (item, path) =>
  typeof item === 'string'
    ? { key: item.split('=', 1)[0] as string }
    : { problem: `${path()}: unexpected type ${goType(item)}` }

/** Of mounts and devices the target counts; `read` finds it in a short form. */
const target =
  (what: string, read: (text: string) => ReturnType<Indexer>): Indexer =>
  (item, path) => {
    if (typeof item === 'string') return read(item)
    if (!isDict(item)) return { key: '' }
    const given = item.get('target')
    return typeof given === 'string'
      ? { key: given }
      : { problem: `service ${what} ${path()} is missing a mount target` }
  }

const mountTarget = target('volume', (text) => {
  const read = readSections(text)
  return 'problem' in read ? read : { key: read.value.target }
})

const deviceTarget = target('device', (text) => {
  const [source = '', inside = source] = text.split(':')
  return { key: inside }
})

const exposedPort: Indexer = (item, path) => {
  if (typeof item === 'string' || typeof item === 'number') return { key: String(item) }
  return { problem: `${path()}: unsupported expose value ${goString(item)}` }
}

const reference =
  (folder: string): Indexer =>
  (item, path) => {
    if (typeof item === 'string') return { key: `${folder}/${item}` }
    if (!isDict(item)) return { problem: `${path()}: unsupported expose value ${goString(item)}` }
    const target = item.get('target')
    return { key: target === undefined ? `${folder}/${goText(item.get('source') ?? null)}` : goText(target) }
  }

const publishedPort: Indexer = (item, path) => {
  if (typeof item === 'string' || typeof item === 'number') return { key: String(item) }
  if (!isDict(item)) return { key: '' }
  const target = item.get('target')
  if (target === undefined) return { problem: `service ports ${path()} is missing a target port` }
  const part = (name: string, initial: string): string => {
    const value = item.get(name)
    return value === undefined ? initial : `${typeof value} ${goText(value)}`
  }
  return {
    key: [
      part('host_ip', 'string 0.0.0.0'),
      part('published', ''),
      goText(target),
      part('protocol', 'string tcp'),
    ].join(':'),
  }
}

const envFile: Indexer = (item, path) => {
  if (typeof item === 'string') return { key: item }
  if (!isDict(item)) return { key: '' }
  const file = item.get('path')
  return typeof file === 'string'
    ? { key: file }
    : { problem: `environment path attribute ${path()} is missing` }
}

const indexers = table<Indexer>([
  ['networks.*.labels', keyOfPair],
  ['networks.*.ipam.options', keyOfPair],
  ['services.*.annotations', keyOfPair],
  ['services.*.build.args', keyOfPair],
  ['services.*.build.additional_contexts', keyOfPair],
  ['services.*.build.platform', keyOfPair],
  ['services.*.build.tags', keyOfPair],
  ['services.*.build.labels', keyOfPair],
  ['services.*.cap_add', keyOfPair],
  ['services.*.cap_drop', keyOfPair],
  ['services.*.configs', reference('')],
  ['services.*.deploy.labels', keyOfPair],
  ['services.*.dns', keyOfPair],
  ['services.*.dns_opt', keyOfPair],
  ['services.*.dns_search', keyOfPair],
  ['services.*.environment', keyOfPair],
  ['services.*.env_file', envFile],
  ['services.*.expose', exposedPort],
  ['services.*.labels', keyOfPair],
  ['services.*.links', keyOfPair],
  ['services.*.networks.*.aliases', keyOfPair],
  ['services.*.networks.*.link_local_ips', keyOfPair],
  ['services.*.ports', publishedPort],
  ['services.*.profiles', keyOfPair],
  ['services.*.secrets', reference('/run/secrets')],
  ['services.*.sysctls', keyOfPair],
  ['services.*.tmpfs', keyOfPair],
  ['services.*.volumes', mountTarget],
  ['services.*.devices', deviceTarget],
])

/** Of items that say the same thing, keeps the last, at the place of the first. */
export const keepUnique = (root: Dict, report: Report): void =>
  transformTree(root, indexers, (indexer, value, path) =>
    isList(value) && value.length > 0 ? uniqueItems(root, value, path, indexer, report) : value,
  )

const uniqueItems = (root: Dict, items: List, path: Path, indexer: Indexer, report: Report): List => {
  const places: number[] = []
  const slots = new Map<string, number>()
  for (let index = 0; index < items.length; index += 1) {
    const indexed = indexer(items[index] as Value, () => `${path.join('.')}.[${index}]`)
    if ('problem' in indexed) {
      report.faultAt(root, [...path, index], 'LIST_ITEM', indexed.problem)
      return items
    }
    const slot = slots.get(indexed.key)
    if (slot === undefined) {
      slots.set(indexed.key, places.length)
      places.push(index)
    } else places[slot] = index
  }
  if (places.length === items.length) return items
  const kept: List = places.map((index) => items[index] as Value)
  if (items.nodes !== undefined) kept.nodes = places.map((index) => items.nodes?.[index])
  return kept
}
