import { Fraction, isDict, isList, type Value } from '../tree/value.ts'

/** A value without the classes of the tree; times are kept, as JSON has none. */
export const plainValue = (value: Value): unknown => {
  if (isDict(value)) {
    const made: Record<string, unknown> = Object.create(null)
    for (const [key, entry] of value) made[key] = plainValue(entry)
    return made
  }
  if (isList(value)) return value.isNil ? null : value.map(plainValue)
  return value instanceof Fraction ? value.value : value
}
