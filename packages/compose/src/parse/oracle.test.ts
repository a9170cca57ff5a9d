import { expect, test } from 'vitest'
import { isAlias, isMap, isScalar, isSeq, type Node, parse, parseAllDocuments, stringify } from 'yaml'
import { projectYaml } from '../print/project.ts'
import { loadText } from '../testing/load-text.ts'
import { corpus, pick, type Random, randomFrom, randomProject } from '../testing/random.ts'
import type { YamlNode } from './node.ts'
import { parseFile } from './read-document.ts'

// Our reader is made for speed and for the reference's dialect; the library `yaml` is the judge of whether it reads YAML.

/** A document as nested arrays: mappings `['{', key, value, …]`, sequences `['[', item, …]`, scalars as their text. */
type Shape = string | readonly Shape[]

const ours = (node: YamlNode): Shape => {
  if (node.kind === 'alias') return ['*', node.value]
  if (node.kind === 'scalar') return node.value
  return [node.kind === 'mapping' ? '{' : '[', ...node.content.map(ours)]
}

const theirs = (node: Node | null): Shape => {
  if (isAlias(node)) return ['*', node.source]
  if (isScalar(node)) return String(node.value ?? '')
  if (isSeq(node)) return ['[', ...node.items.map((item) => theirs(item as Node | null))]
  if (isMap(node))
    return [
      '{',
      ...node.items.flatMap(({ key, value }) => [theirs(key as Node | null), theirs(value as Node | null)]),
    ]
  return ''
}

const readByUs = (text: string): Shape[] | undefined => {
  const { documents, fault } = parseFile('x.yaml', Buffer.from(text))
  return fault === undefined ? documents.map(ours) : undefined
}

/** Every scalar is a text, so that only the syntax is judged. */
const readByYaml = (text: string): Shape[] | undefined => {
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    logLevel: 'silent',
    version: '1.1',
  })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined
  return documents.map(({ contents }) => theirs(contents as Node | null))
}

/** What people write in names and values, and what is hard in them. */
const words = [
  'a',
  'key',
  'two words',
  '',
  ' lead',
  'trail ',
  'a: b',
  'a #b',
  '#c',
  '- x',
  '-',
  '?',
  ':',
  '[x]',
  '{y}',
  '&a',
  '*a',
  '!t',
  '|',
  '>',
  '%d',
  '@e',
  '`f`',
  "it's",
  'say "x"',
  'back\\slash',
  'line\nline',
  'end\n',
  '\n\nstart',
  'a\n\n b\n',
  'tab\there',
  'é',
  '😀',
  'x'.repeat(90),
  'many words '.repeat(12),
  'null',
  'true',
  '1.5',
  '0x1f',
  '~',
  '<<',
  '=',
  '...',
  '---',
]

const randomTree = (random: Random, depth: number): unknown => {
  const kind = random()
  if (depth === 0 || kind < 0.5) return pick(random, words)
  const count = Math.floor(random() * 4)
  if (kind < 0.7) return Array.from({ length: count }, () => randomTree(random, depth - 1))
  const made: Record<string, unknown> = {}
  for (let index = 0; index < count; index += 1) made[pick(random, words)] = randomTree(random, depth - 1)
  return made
}

test('what the library writes, in any of its styles, is read as the library reads it', () => {
  const random = randomFrom(11)
  let compared = 0
  for (let round = 0; round < 1500; round += 1) {
    const tree = { root: randomTree(random, 4) }
    const text = stringify(tree, {
      version: pick(random, ['1.1', '1.2'] as const),
      defaultStringType: pick(random, [
        'PLAIN',
        'QUOTE_SINGLE',
        'QUOTE_DOUBLE',
        'BLOCK_FOLDED',
        'BLOCK_LITERAL',
      ] as const),
      collectionStyle: pick(random, ['any', 'block', 'flow'] as const),
      indent: pick(random, [1, 2, 3, 8]),
      indentSeq: random() < 0.5,
      lineWidth: pick(random, [0, 80]),
      aliasDuplicateObjects: false,
    })
    const expected = readByYaml(text)
    // What it can't read itself, it wrote wrongly.
    if (expected === undefined) continue
    compared += 1
    expect(readByUs(text), text).toEqual(expected)
  }
  expect(compared).toBeGreaterThan(1400)
})

test('texts of many kinds are read as the library reads them', () => {
  const random = randomFrom(12)
  const texts = [...corpus, ...Array.from({ length: 40 }, () => randomProject(random))]
  for (const text of texts) {
    const expected = readByYaml(text)
    expect(expected, text).toBeDefined()
    expect(readByUs(text), text).toEqual(expected)
  }
})

test('what we print is read by the library as the same values, in both versions of YAML', async () => {
  const random = randomFrom(13)
  for (let round = 0; round < 30; round += 1) {
    const value = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`k${index}`, pick(random, words)]),
    )
    const text = `services: {a: {image: i}}\nx-own: ${JSON.stringify(value)}\n`
    const printed = projectYaml((await loadText(text)).project)
    for (const version of ['1.1', '1.2'] as const) expect(parse(printed, { version })['x-own']).toEqual(value)
  }
})
