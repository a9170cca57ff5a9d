import { composeFile } from '../../../packages/compose/src/schema/compose.ts'
import type { Schema } from '../../../packages/compose/src/schema/schema.ts'
import { type Case, json, yaml } from '../case.ts'

/** Text that is put into YAML as it stands. */
class Raw {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Tree = Raw | string | { readonly [key: string]: Tree } | readonly Tree[]

const flow = (tree: Tree): string => {
  if (tree instanceof Raw) return tree.text
  if (typeof tree === 'string') return JSON.stringify(tree)
  if (Array.isArray(tree)) return `[${tree.map(flow).join(', ')}]`
  return `{${Object.entries(tree)
    .map(([key, value]) => `${JSON.stringify(key)}: ${flow(value)}`)
    .join(', ')}}`
}

/** Values that someone may write anywhere, right or wrong. */
export const values: readonly string[] = [
  'null',
  '""',
  'word',
  '"5"',
  '5',
  '0',
  '-1',
  '1.5',
  'true',
  '"true"',
  'yes',
  '{}',
  '[]',
  '[word]',
  '[word, word]',
  '[5]',
  '[null]',
  '[true]',
  '[{}]',
  '[[word]]',
  '{k: v}',
  '{k: 5}',
  '{k: null}',
  '{k: true}',
  '{k: [v]}',
  '{k: {}}',
  '"${N}"',
  '"${B}"',
  '"${S}"',
  '"${U}"',
  '"${U:-7}"',
  '10s',
  '1g',
  '2001-01-01',
  '0x10',
  '0o17',
  '.inf',
  '99999999999999999999',
  '"a=b"',
  '[a=b]',
  '"a:b"',
  '["a:b"]',
  '[a, b]',
  '"$$x"',
  '"${"',
  '[null, a]',
  '{x-k: v}',
  '{"": v}',
  '{1: v}',
  '1e3',
]

/** What must stand beside a key so that the rest is right. */
const companions: Record<string, Record<string, Tree>> = {
  volumes: { type: 'volume', target: '/t' },
  ports: { target: new Raw('80') },
  depends_on: { condition: 'service_started' },
  post_start: { command: 'c' },
  pre_stop: { command: 'c' },
  exec: { command: 'c' },
  watch: { path: './p', action: 'sync', target: '/t' },
  env_file: { path: './none.env', required: new Raw('false') },
  ulimits: { soft: new Raw('1'), hard: new Raw('2') },
  devices: { capabilities: ['c'] },
  extends: { service: 'b' },
  secrets: { source: 's' },
  configs: { source: 'c' },
  provider: { type: 't' },
  'top models': { model: 'm' },
  device_read_bps: { path: '/p', rate: new Raw('1') },
  weight_device: { path: '/p', weight: new Raw('1') },
}

interface Place {
  readonly path: string
  readonly wrap: (value: Tree) => Tree
}

/** Every place of the schema at which a value may stand, and how a value gets there. */
const places = function* (schema: Schema, place: Place, owner: string): Generator<Place> {
  yield place
  if (schema.kind === 'array')
    yield* places(schema.items, { path: `${place.path}.0`, wrap: (value) => place.wrap([value]) }, owner)
  else if (schema.kind === 'one-of')
    for (const choice of schema.choices) {
      const [, ...below] = places(choice, place, owner)
      yield* below
    }
  else if (schema.kind === 'object') {
    const beside = companions[owner] ?? {}
    for (const [key, below] of Object.entries(schema.properties))
      yield* places(
        below,
        { path: `${place.path}.${key}`, wrap: (value) => place.wrap({ ...beside, [key]: value }) },
        key,
      )
    if (schema.keys)
      yield* places(
        schema.keys.schema,
        { path: `${place.path}.k`, wrap: (value) => place.wrap({ k: value }) },
        owner,
      )
    yield { path: `${place.path}.unknown`, wrap: (value) => place.wrap({ ...beside, unknown: value }) }
    yield { path: `${place.path}.x-own`, wrap: (value) => place.wrap({ ...beside, 'x-own': value }) }
  }
}

const around = (top: string, value: Tree): Record<string, Tree> =>
  top === 'services'
    ? { services: { a: { image: 'i', ...(value as Record<string, Tree>) }, b: { image: 'i' } } }
    : { services: { a: { image: 'i' } }, [top]: { n: value } }

const allPlaces = (): Place[] => {
  const found = new Map<string, Place>()
  for (const [top, schema] of Object.entries(composeFile.properties)) {
    const holder = schema.kind === 'object' ? schema.keys?.schema : undefined
    const made = holder
      ? places(holder, { path: `${top}.n`, wrap: (value) => around(top, value) }, `top ${top}`)
      : places(
          schema,
          { path: top, wrap: (value) => ({ services: { a: { image: 'i' } }, [top]: value }) },
          top,
        )
    const [whole, ...below] = made
    const all = top === 'services' ? below : [whole as Place, ...below]
    for (const place of all) if (!found.has(place.path)) found.set(place.path, place)
    if (holder)
      found.set(top, { path: top, wrap: (value) => ({ services: { a: { image: 'i' } }, [top]: value }) })
  }
  return [...found.values()]
}

/** Every value at every place of the schema. */
export const oddValues = function* (): Generator<Case> {
  let count = 0
  for (const { path, wrap } of allPlaces())
    for (const value of values) {
      count += 1
      yield {
        name: `${path} ${value}`,
        files: { 'compose.yaml': `${flow(wrap(new Raw(value)))}\n` },
        env: { N: '5', B: 'true', S: 'word' },
        args: count % 3 === 0 ? yaml : json,
      }
    }
}
