import { Fraction, isDict, isList, Timestamp, type Value } from './value.ts'

/** Deep equality; the order of keys is free. */
export const sameValue = (left: Value, right: Value): boolean => {
  if (isDict(left))
    return (
      isDict(right) &&
      left.size === right.size &&
      [...left].every(([key, value]) => {
        const other = right.get(key)
        return other !== undefined && sameValue(value, other)
      })
    )
  if (isList(left))
    return (
      isList(right) &&
      left.length === right.length &&
      left.every((value, index) => sameValue(value, right[index] as Value))
    )
  if (left instanceof Fraction) return right instanceof Fraction && left.value === right.value
  if (left instanceof Timestamp) return right instanceof Timestamp && left.text === right.text
  return left === right
}
