import type { Source } from './source.ts'
import type { Mark } from './yaml-error.ts'

/** A node as it was written, before tags, merge keys and aliases mean anything. */
export interface YamlNode extends Mark {
  readonly source: Source
  readonly kind: 'scalar' | 'sequence' | 'mapping' | 'alias'
  /** Short (`!!str`) or local (`!reset`) tag; empty when none was written. */
  readonly tag: string
  /** Text of a scalar, name of an alias. */
  readonly value: string
  /** A scalar without quotes or block indicator: its text tells its type. */
  readonly plain: boolean
  /** Items of a sequence; keys and values of a mapping in turn. */
  readonly content: YamlNode[]
  /** What an alias stands for. */
  readonly target?: YamlNode
}

/** True for the key `<<`, whose value is merged into the mapping. */
export const isMergeKey = (node: YamlNode): boolean =>
  node.kind === 'scalar' &&
  node.value === '<<' &&
  (node.tag === '!!merge' || (node.plain && (node.tag === '' || node.tag === '!')))
