import { goQuote, goSyntax } from '../tree/go-text.ts'
import { Dict, type List, type Value } from '../tree/value.ts'
import { isMergeKey, type YamlNode } from './node.ts'
import { resolvePlain, resolveTagged } from './resolve-scalar.ts'

/** A fault found while a document was decoded, with the node where it is. */
export interface DecodeFault {
  readonly code: string
  readonly message: string
  readonly node: YamlNode
  /** Further places of the same fault. */
  readonly more?: YamlNode[]
}

export interface Decoded {
  readonly value: Value
  /** Places that were marked `!reset` or `!override`: what earlier files say there is forgotten. */
  readonly resets: readonly (readonly string[])[]
  readonly faults: readonly DecodeFault[]
}

/** Aliases may add as many values to a document. yaml.v3 has a limit too, which Docker Compose goes round. */
const mostAliasedValues = 1_000_000

/** Turns nodes into values: scalars get their types, aliases and merge keys are replaced by what they stand for. */
export const decodeDocument = (root: YamlNode): Decoded => {
  const decoder = new Decoder()
  const value = decoder.decode(root)
  return {
    value: value === undefined ? null : value,
    resets: decoder.resets,
    faults: decoder.faults,
  }
}

class Decoder {
  readonly resets: string[][] = []
  readonly faults: DecodeFault[] = []
  readonly #path: (string | number)[] = []
  readonly #expanding = new Map<YamlNode, string>()
  readonly #forgotten = new Set<YamlNode>()
  #aliasedValues = 0

  /** The value of a node; undefined where it is marked `!reset`. */
  decode(node: YamlNode): Value | undefined {
    if (this.#expanding.size > 0) this.#countAliased(node)
    if (node.kind === 'alias') return this.#alias(node, node.target as YamlNode)
    if (node.tag === '!reset') {
      // Where an alias leads here again the reference has forgotten the node by now.
      if (this.#forgotten.has(node)) return undefined
      this.#forgotten.add(node)
      this.resets.push(this.#path.filter((part) => part !== '<<').map(String))
      return undefined
    }
    if (node.tag === '!override') this.resets.push(this.#path.filter((part) => part !== '<<').map(String))
    if (node.kind === 'mapping') return this.#mapping(node)
    if (node.kind === 'sequence') return this.#sequence(node)
    return this.#scalar(node)
  }

  #countAliased(node: YamlNode): void {
    this.#aliasedValues += 1
    if (this.#aliasedValues > mostAliasedValues)
      throw new DecodeError({
        code: 'YAML_ALIASES',
        message: 'yaml: document contains excessive aliasing',
        node,
      })
  }

  #dottedPath(): string {
    let dotted = ''
    for (const part of this.#path)
      if (part !== '<<') dotted += typeof part === 'number' ? `[${part}]` : `${dotted && '.'}${part}`
    return dotted
  }

  #fault(code: string, message: string, node: YamlNode): void {
    this.faults.push({ code, message, node })
  }

  #alias(node: YamlNode, target: YamlNode): Value | undefined {
    const path = this.#path.filter((part) => part !== '<<').join('.')
    const before = this.#expanding.get(target)
    if (before !== undefined) {
      this.#fault(
        'YAML_CYCLE',
        `cycle detected: node at path ${path} references node at path ${before}`,
        node,
      )
      return null
    }
    this.#expanding.set(target, path)
    const value = this.decode(target)
    this.#expanding.delete(target)
    return value
  }

  #scalar(node: YamlNode): Value {
    if (node.tag === '' || (node.tag === '!' && node.plain)) {
      if (!node.plain) return node.value
      return resolvePlain(node.value).value
    }
    const resolved = resolveTagged(node.tag, node.value)
    if ('value' in resolved) return resolved.value
    this.#fault('YAML_TAG', resolved.problem, node)
    return node.value
  }

  #sequence(node: YamlNode): List {
    const list: List = []
    const nodes: YamlNode[] = []
    for (const [index, item] of node.content.entries()) {
      this.#path.push(index)
      const value = this.decode(item)
      this.#path.pop()
      if (value === undefined) continue
      list.push(value)
      nodes.push(item)
    }
    list.nodes = nodes
    return list
  }

  #mapping(node: YamlNode): Dict {
    const dict = new Dict()
    dict.origins = [node]
    this.#checkDuplicates(node)
    let merge: YamlNode | undefined
    for (let index = 0; index < node.content.length; index += 2) {
      const key = node.content[index] as YamlNode
      const child = node.content[index + 1] as YamlNode
      if (isMergeKey(key)) merge = child
      else this.#entry(dict, key, child)
    }
    if (merge !== undefined) this.#merge(dict, merge)
    return dict
  }

  #entry(dict: Dict, key: YamlNode, child: YamlNode): void {
    const name = this.#key(key)
    this.#path.push(key.value)
    const value = this.decode(child)
    this.#path.pop()
    if (value !== undefined && name !== undefined) dict.set(name, value)
  }

  /** The text of a key; one that is no text is a fault. */
  #key(key: YamlNode): string | undefined {
    const node = key.kind === 'alias' ? (key.target as YamlNode) : key
    if (node.kind !== 'scalar') {
      const value = this.decode(node)
      this.#fault('YAML_KEY', `yaml: invalid map key: ${goSyntax(value ?? null)}`, key)
      return undefined
    }
    const value = this.#scalar(node)
    if (typeof value === 'string') return value
    this.#strangeKey(key, value)
    return undefined
  }

  /** Keys that are no texts are one fault for each mapping. */
  #strangeKey(key: YamlNode, value: Value): void {
    const where = this.#dottedPath()
    const start = `non-string key ${where === '' ? 'at top level' : `in ${where}`}: `
    const before = this.faults.find(({ message }) => message.startsWith(start))
    if (before === undefined)
      this.faults.push({ code: 'YAML_KEY', message: start + goSyntax(value), node: key, more: [] })
    else before.more?.push(key)
  }

  #checkDuplicates(node: YamlNode): void {
    const { content } = node
    if (content.length <= 2) return
    const seen = new Map<string, YamlNode>()
    for (let index = 0; index < content.length; index += 2) {
      const key = content[index] as YamlNode
      const first = seen.get(key.value)
      if (first !== undefined)
        this.#fault(
          'YAML_DUPLICATE_KEY',
          `line ${key.line + 1}: mapping key ${goQuote(key.value)} already defined at line ${first.line + 1}`,
          key,
        )
      seen.set(key.value, key)
    }
  }

  /** Adds what `<<` brings; keys that are there stay, and earlier mappings of a list win. */
  #merge(dict: Dict, merge: YamlNode): void {
    const sources = merge.kind === 'sequence' ? merge.content : [merge]
    for (const source of sources) {
      const target = source.kind === 'alias' ? (source.target as YamlNode) : source
      const isListOfMappings =
        merge.kind === 'alias' &&
        target.kind === 'sequence' &&
        target.content.every((item) => (item.target ?? item).kind === 'mapping')
      if (target.kind !== 'mapping' && !isListOfMappings) {
        this.#fault('YAML_MERGE', 'yaml: map merge requires map or sequence of maps as the value', source)
        continue
      }
      this.#path.push('<<')
      const value = this.decode(source)
      this.#path.pop()
      for (const merged of Array.isArray(value) ? value : [value]) {
        if (!(merged instanceof Dict)) continue
        for (const [key, entry] of merged) if (!dict.has(key)) dict.set(key, entry)
        dict.origins = [...dict.origins, ...merged.origins]
      }
    }
  }
}

/** Thrown where going on would cost too much. */
export class DecodeError extends Error {
  readonly fault: DecodeFault

  constructor(fault: DecodeFault) {
    super(fault.message)
    this.fault = fault
  }
}
