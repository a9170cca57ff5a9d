import type { Value } from '../tree/value.ts'

/**
 * Gives the long form of a value.
 *
 * @throws LongFormError
 */
export type LongForm = (value: Value, context: LongFormContext) => Value

export interface LongFormContext {
  /** Dotted, `[]` for list positions. */
  readonly path: string
  readonly keepUnreadable: boolean
  readonly warn: (code: string, message: string) => void
}

/** A short form that can't be read. */
export class LongFormError extends Error {
  readonly code: string
  /** Position of the item that is at fault, when the value is a list. */
  readonly item: number | undefined

  constructor(code: string, message: string, item?: number) {
    super(message)
    this.code = code
    this.item = item
  }
}
