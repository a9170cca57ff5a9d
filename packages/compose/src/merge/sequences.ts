import type { YamlNode } from '../parse/node.ts'
import { compareText, goText } from '../tree/go-text.ts'
import { entryNodes } from '../tree/locate.ts'
import { Dict, isDict, isList, type List, type Value } from '../tree/value.ts'

/** A list from a list, from a mapping (`key=value`, sorted), or from a single text. */
export const toSequence = (value: Value | undefined): List => {
  if (value === undefined || value === null) return []
  if (isList(value)) return value
  if (typeof value === 'string') return [value]
  if (!isDict(value)) return []
  const items: { readonly text: string; readonly node: YamlNode | undefined }[] = []
  for (const [key, entry] of value) {
    const node = entryNodes(value, key)?.[0]
    const values = isList(entry) ? entry : [entry]
    for (const each of values) items.push({ text: each === null ? key : `${key}=${goText(each)}`, node })
  }
  items.sort((a, b) => compareText(a.text, b.text))
  const list: List = items.map(({ text }) => text)
  list.nodes = items.map(({ node }) => node)
  return list
}

/** Two lists, one behind the other. */
export const concatenate = (first: List, second: List): List => {
  if (second.length === 0) return first
  if (first.length === 0) return second
  const list: List = [...first, ...second]
  list.nodes = [...nodesOf(first), ...nodesOf(second)]
  return list
}

/** The items that pass, with their places. */
export const filterList = (list: List, keep: (item: Value, index: number) => boolean): List => {
  const indexes = list.map((_, index) => index).filter((index) => keep(list[index] as Value, index))
  if (indexes.length === list.length) return list
  const kept: List = indexes.map((index) => list[index] as Value)
  if (list.nodes !== undefined) kept.nodes = indexes.map((index) => list.nodes?.[index])
  return kept
}

const nodesOf = (list: List): readonly (YamlNode | undefined)[] => list.nodes ?? list.map(() => undefined)

/** A mapping whose keys are the items of a list, or the mapping itself; undefined for anything else. */
export const toMapping = (value: Value | undefined, entry: () => Value = () => null): Dict | undefined => {
  if (isDict(value)) return value
  if (!isList(value)) return undefined
  const mapping = new Dict()
  for (const item of value) if (typeof item === 'string') mapping.set(item, entry())
  mapping.origins = [listAsMapping(value)].filter((node) => node !== undefined)
  return mapping
}

/** Lets the places of a list's items be found by what they say. */
const listAsMapping = (list: List): YamlNode | undefined => {
  const nodes = (list.nodes ?? []).filter((node) => node !== undefined)
  const [first] = nodes
  if (first === undefined) return undefined
  return { ...first, kind: 'mapping', value: '', content: nodes.flatMap((node) => [node, node]) }
}
