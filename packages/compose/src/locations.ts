import type { SourceLocation } from '@container-compose/core'

/** A place in the project: keys and list positions, `['services', 'web', 'ports', 0]`. */
export type Path = readonly (string | number)[]

/** Where in the files the project's values were written. */
export interface Locations {
  /** The place of the value, or of the nearest one around it that has a place; undefined when nothing has. */
  of(path: Path): SourceLocation | undefined
}
