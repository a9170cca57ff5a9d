import type { YamlNode } from '../parse/node.ts'

/**
 * A value of a Compose file. Go, which the reference is written in, tells whole numbers from fractions and knows times, and
 * what it prints depends on that: so 1.0 is a `Fraction`, 1 a number (or a bigint beyond 2^53).
 */
export type Value = string | number | bigint | boolean | null | Fraction | Timestamp | Dict | List

export class Fraction {
  readonly value: number
  /** Held in 32 bits by the reference. */
  readonly single: boolean

  constructor(value: number, single = false) {
    this.value = value
    this.single = single
  }
}

/** A date or time written without quotes. No attribute takes one, but extensions may hold them. */
export class Timestamp {
  readonly date: Date
  /** As RFC 3339, nanoseconds kept. */
  readonly text: string

  constructor(date: Date, text: string) {
    this.date = date
    this.text = text
  }

  toJSON(): string {
    return this.text
  }
}

/** A mapping: keys in the order of the file, and the nodes that it was made of, the strongest first. */
export class Dict extends Map<string, Value> {
  origins: readonly YamlNode[] = noOrigins
}

const noOrigins: readonly YamlNode[] = []

/** A sequence, and the nodes that its items were made of. `isNil`: of what was there all is gone, which Go's JSON shows as null. */
export type List = Value[] & { nodes?: readonly (YamlNode | undefined)[]; isNil?: true }

export const isDict = (value: Value | undefined): value is Dict => value instanceof Dict
export const isList = (value: Value | undefined): value is List => Array.isArray(value)

/** A dictionary of these entries. */
export const dict = (entries: Readonly<Record<string, Value>>): Dict => {
  const made = new Dict()
  for (const key of Object.keys(entries)) made.set(key, entries[key] as Value)
  return made
}

/** A copy that shares no dictionary or list with the original. */
export const cloneValue = (value: Value): Value => {
  if (value instanceof Dict) {
    const copy = new Dict()
    for (const [key, entry] of value) copy.set(key, cloneValue(entry))
    copy.origins = value.origins
    return copy
  }
  if (Array.isArray(value)) {
    const copy: List = value.map(cloneValue)
    if (value.nodes !== undefined) copy.nodes = value.nodes
    if (value.isNil) copy.isNil = true
    return copy
  }
  return value
}
