import type { SourceLocation } from '@container-compose/core'
import type { Path } from '../locations.ts'
import type { YamlNode } from '../parse/node.ts'
import { Dict, isList, type Value } from './value.ts'

export const locateNode = (node: YamlNode): SourceLocation => node.source.locate(node.offset)

/** The place of the value at a path, or of the nearest one around it. */
export const locatePath = (root: Value, path: Path): SourceLocation | undefined => {
  let value: Value | undefined = root
  let node: YamlNode | undefined = root instanceof Dict ? root.origins[0] : undefined
  for (const part of path) {
    let next: YamlNode | undefined
    if (value instanceof Dict) {
      next = entryNode(value, String(part))
      value = value.get(String(part))
    } else if (isList(value)) {
      const index = Number(part)
      next = value.nodes?.[index]
      value = value[index]
    }
    if (next === undefined) break
    node = next
  }
  return node === undefined ? undefined : locateNode(node)
}

/** The place of a key of a dictionary. */
export const locateKey = (holder: Dict, key: string): SourceLocation | undefined => {
  const [node] = entryNodes(holder, key) ?? []
  return node === undefined ? undefined : locateNode(node)
}

/** The nodes of a key and of its value, where the strongest file has them. */
export const entryNodes = (holder: Dict, key: string): readonly [YamlNode, YamlNode] | undefined => {
  for (const { content } of holder.origins) {
    for (let index = 0; index < content.length; index += 2) {
      const node = content[index] as YamlNode
      const name = node.kind === 'alias' ? node.target?.value : node.value
      if (name === key) return [node, content[index + 1] as YamlNode]
    }
  }
  return undefined
}

/** A value on the line of its key is pointed at itself; of one that begins below, the key is more to the point. */
const entryNode = (holder: Dict, key: string): YamlNode | undefined => {
  const found = entryNodes(holder, key)
  if (found === undefined) return undefined
  const [keyNode, value] = found
  return value.line === keyNode.line && value.source === keyNode.source && !isAbsent(value) ? value : keyNode
}

const isAbsent = (value: YamlNode): boolean =>
  value.kind === 'scalar' && value.plain && value.value === '' && value.tag === ''
