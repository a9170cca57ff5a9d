import type { SourceLocation } from './source-location.ts'

export interface UserErrorOptions {
  /** Where the fault is; several when one message concerns several places. */
  readonly at?: SourceLocation | readonly SourceLocation[] | undefined
  /** An act, preferably a command to paste. */
  readonly hint?: string | undefined
  readonly cause?: unknown
  /** Exit status of the command; 1 unless Docker Compose gives another. */
  readonly exitCode?: number
}

/**
 * Something that the user can act on: shown as message, place, cause and hint, never with a stack.
 * Whatever else is thrown is our bug and shows its stack.
 * `code` is stable and has one meaning for ever; tests compare it, never the text.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  readonly code: string
  readonly at: readonly SourceLocation[]
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(code: string, message: string, { at, hint, cause, exitCode = 1 }: UserErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.at = at === undefined ? [] : Array.isArray(at) ? at : [at as SourceLocation]
    this.hint = hint
    this.exitCode = exitCode
  }
}

/** Several faults found in one run, in the order of their places. */
export class UserErrors extends AggregateError {
  override readonly name = 'UserErrors'
  declare readonly errors: UserError[]
}

/** True for a Node.js system error with that code (`ENOENT`, `EEXIST` …). */
export const isSystemError = (error: unknown, code: string): error is NodeJS.ErrnoException =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === code

/** What was thrown, in words: an error's message, or whatever else it was as text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
