import { Fraction, isDict, isList, type Value } from '../tree/value.ts'

/**
 * A value without the classes of the tree. Times are kept, as JSON has none, and fractions that are whole and so large that
 * they are printed otherwise than whole numbers.
 */
export const plainValue = (value: Value): unknown => {
  if (isDict(value)) {
    const made: Record<string, unknown> = Object.create(null)
    for (const [key, entry] of value) made[key] = plainValue(entry)
    return made
  }
  if (isList(value)) return value.isNil ? null : value.map(plainValue)
  if (!(value instanceof Fraction)) return value
  return Number.isInteger(value.value) && Math.abs(value.value) >= 1e6 ? value : value.value
}
