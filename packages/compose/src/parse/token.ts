import type { Mark } from './yaml-error.ts'

export type TokenKind =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

/** A token with the place where it begins. */
export interface Token extends Mark {
  readonly kind: TokenKind
  /** Text of a scalar, name of an anchor or alias, handle of a tag, version of a directive. */
  readonly value: string
  /** Rest of a tag, prefix of a tag directive. */
  readonly suffix: string
  /** Whether a scalar was written without quotes or block indicator. */
  readonly plain: boolean
}

export const tokenAt = (
  kind: TokenKind,
  { offset, line, column }: Mark,
  value = '',
  suffix = '',
  plain = false,
): Token => ({ kind, offset, line, column, value, suffix, plain })
