import { interpolate } from './interpolate/interpolate.ts'
import { isMergeKey, type YamlNode } from './parse/node.ts'
import type { ParsedFile } from './parse/read-document.ts'
import { resolvePlain } from './parse/resolve-scalar.ts'
import type { Report } from './report.ts'
import { goQuote } from './tree/go-text.ts'
import { Dict } from './tree/value.ts'

/** The `name` of the last document that has one, variables replaced; undefined when none has. */
export const nameInFiles = (
  files: readonly ParsedFile[],
  environment: Readonly<Record<string, string>>,
  { interpolated, report }: { readonly interpolated: boolean; readonly report: Report },
): string | undefined => {
  let found: YamlNode | undefined
  for (const { documents } of files) for (const document of documents) found = nameNode(document) ?? found
  if (found === undefined) return undefined
  if (!interpolated) return found.value
  const holder = new Dict([['name', found.value]])
  interpolate(holder, (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined), report)
  return String(holder.get('name'))
}

/** Why the root of a document can have no name, in yaml.v3's words. */
export const problemAsNamed = (root: YamlNode): string | undefined => {
  if (root.kind === 'mapping') return problemOfKeys(root)
  if (root.kind === 'sequence') return unmarshalError(root, '!!seq')
  const { tag } = root.plain ? resolvePlain(root.value) : { tag: '!!str' }
  if (tag === '!!null') return undefined
  const shown = root.value.length > 10 ? `${root.value.slice(0, 7)}...` : root.value
  return unmarshalError(root, `${tag} \`${shown}\``)
}

/** The root's own keys are looked at, too, and its name must be a text. */
const problemOfKeys = ({ content }: YamlNode): string | undefined => {
  const seen = new Map<string, YamlNode>()
  for (let index = 0; index < content.length; index += 2) {
    const key = content[index] as YamlNode
    const first = seen.get(key.value)
    if (first !== undefined && first.kind === key.kind)
      return `yaml: unmarshal errors:\n  line ${key.line + 1}: mapping key ${goQuote(key.value)} already defined at line ${first.line + 1}`
    seen.set(key.value, key)
    const value = content[index + 1] as YamlNode
    const wrong = key.kind !== 'scalar' ? key : key.value === 'name' ? (value.target ?? value) : undefined
    if (wrong?.kind === 'sequence' || wrong?.kind === 'mapping')
      return unmarshalError(wrong, wrong.kind === 'sequence' ? '!!seq' : '!!map', 'string')
  }
  return undefined
}

const unmarshalError = ({ line }: YamlNode, what: string, into = 'cli.named'): string =>
  `yaml: unmarshal errors:\n  line ${line + 1}: cannot unmarshal ${what} into ${into}`

const nameNode = (root: YamlNode, depth = 0): YamlNode | undefined => {
  if (root.kind !== 'mapping' || depth > 10) return undefined
  let merged: YamlNode | undefined
  for (let index = 0; index < root.content.length; index += 2) {
    const key = root.content[index] as YamlNode
    const value = root.content[index + 1] as YamlNode
    if (isMergeKey(key)) {
      for (const source of value.kind === 'sequence' ? value.content : [value])
        merged ??= nameNode(source.target ?? source, depth + 1)
    } else if (key.kind === 'scalar' && key.value === 'name') {
      const node = value.target ?? value
      if (node.kind === 'scalar' && node.value !== '') return node
    }
  }
  return merged
}
