import type { SourceLocation } from '@container-compose/core'

/** Something that the user should know and that stops nothing. Whoever loads decides how it is shown. */
export interface Warning {
  /** Stable; tests compare it, never the text. */
  readonly code: string
  readonly message: string
  readonly at?: SourceLocation | undefined
}
