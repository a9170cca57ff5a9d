import { toBoolean, toFloat32, toInt64 } from '../interpolate/casts.ts'
import { shortestSingle } from '../tree/go-text.ts'
import { Fraction, isDict, isList, type Value } from '../tree/value.ts'
import { readBytes } from '../values/bytes.ts'
import { durationText, readDuration } from '../values/duration.ts'
import type { Read } from '../values/result.ts'
import { splitWords } from '../values/shell-words.ts'
import type { Binder, Shape } from './binder.ts'
import { plainValue } from './plain.ts'

const orNothing = <T>(value: T, nothing: T): T | undefined => (value === nothing ? undefined : value)

const take = <T>(read: Read<T>, binder: Binder): T | undefined =>
  'problem' in read ? binder.fault(read.problem) : read.value

/** A text, `''` kept. */
export const anyText: Shape<string> = (value, binder) => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return value === null ? '' : binder.wrongType('string', value)
}

export const text: Shape<string> = (value, binder) => {
  const read = anyText(value, binder)
  return read === '' ? undefined : read
}

/** What Go makes of a fraction on amd64: one number stands for all that do not fit. */
const goInteger = (value: number, type: string): number => {
  const whole = Math.trunc(value)
  const fits = whole >= -(2 ** 63) && whole < 2 ** (type === 'uint64' ? 64 : 63)
  if (fits) return whole
  return type.startsWith('uint') ? 2 ** 63 : -(2 ** 63)
}

/** A whole number; fractions are cut. */
const wholeOf = (value: Value, type: string, binder: Binder): number | undefined => {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Fraction) return goInteger(value.value, type)
  if (typeof value !== 'string' || !type.startsWith('int')) return binder.wrongType(type, value)
  const cast = toInt64(value, () => {})
  return 'problem' in cast ? binder.fault(cast.problem) : Number(cast.value)
}

export const integer: Shape<number> = (value, binder) =>
  value === null ? undefined : orNothing(wholeOf(value, 'int64', binder), 0)

/** A number whose 0 counts. */
export const optionalInteger: Shape<number> = (value, binder) =>
  value === null ? undefined : wholeOf(value, 'int', binder)

const unsignedOf = (value: Value, bits: number, binder: Binder): number | undefined => {
  const number = wholeOf(value, `uint${bits}`, binder)
  if (number === undefined) return undefined
  if (number < 0) return binder.fault(`cannot parse value as 'uint${bits}': ${number} overflows uint`)
  // Go's conversion keeps the low bits.
  return bits === 64 ? number : number % 2 ** bits
}

export const unsigned =
  (bits: 16 | 32 | 64): Shape<number> =>
  (value, binder) =>
    value === null ? undefined : orNothing(unsignedOf(value, bits, binder), 0)

export const optionalUnsigned: Shape<number> = (value, binder) =>
  value === null ? undefined : unsignedOf(value, 64, binder)

/** A number of 32 bits. */
export const fraction: Shape<number> = (value, binder) => {
  let number: number | undefined
  if (typeof value === 'number' || typeof value === 'bigint') number = Number(value)
  else if (value instanceof Fraction) number = value.value
  else if (typeof value === 'string') {
    const cast = toFloat32(value, () => {})
    if ('problem' in cast) return binder.fault(cast.problem)
    number = (cast.value as Fraction).value
  } else return value === null ? undefined : binder.wrongType('float32', value)
  return orNothing(shortestSingle(Math.fround(number)), 0)
}

const booleanOf = (value: Value, binder: Binder): boolean | undefined => {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return binder.wrongType('bool', value)
  const cast = toBoolean(value, (message) => binder.warn(message))
  return 'problem' in cast ? binder.fault(cast.problem) : (cast.value as boolean)
}

/** True, or nothing. */
export const flag: Shape<boolean> = (value, binder) =>
  value === null ? undefined : orNothing(booleanOf(value, binder), false)

/** A boolean whose false counts. */
export const optionalFlag: Shape<boolean> = (value, binder) =>
  value === null ? undefined : booleanOf(value, binder)

export const bytes: Shape<string> = (value, binder) => {
  if (typeof value === 'number' || typeof value === 'bigint') return orNothing(String(value), '0')
  if (typeof value !== 'string') return undefined
  const size = take(readBytes(value), binder)
  return size === undefined ? undefined : orNothing(BigInt(size).toString(), '0')
}

/** Files say few durations, but say them often. */
const knownDurations = new Map<string, string>()

/** A duration whose 0 counts. */
export const optionalDuration: Shape<string> = (value, binder) => {
  if (value === null) return undefined
  const known = typeof value === 'string' ? knownDurations.get(value) : undefined
  if (known !== undefined) return known
  const nanoseconds = take(readDuration(String(value)), binder)
  if (nanoseconds === undefined) return undefined
  const canonical = durationText(nanoseconds)
  if (knownDurations.size < 1000) knownDurations.set(String(value), canonical)
  return canonical
}

export const duration: Shape<string> = (value, binder) => orNothing(optionalDuration(value, binder), '0s')

/** Words of a command: split if they are one text. Empty is not nothing. */
export const command: Shape<readonly string[]> = (value, binder) => {
  if (typeof value === 'string') return take(splitWords(value), binder)
  return isList(value) ? value.map(String) : undefined
}

export const listOf =
  <T>(shape: Shape<T>): Shape<readonly T[]> =>
  (value, binder) => {
    if (value === null) return undefined
    if (!isList(value)) return binder.fault(`source data must be an array or slice, got ${kindOf(value)}`)
    if (value.length === 0) return undefined
    const made: T[] = []
    for (const [index, item] of value.entries()) {
      const each = binder.entry(index, item, shape)
      if (each !== undefined) made.push(each)
    }
    return made
  }

export const recordOf =
  <T>(shape: Shape<T>, { nulls = false } = {}): Shape<Readonly<Record<string, T | null>>> =>
  (value, binder) => {
    if (value === null) return undefined
    if (!isDict(value)) return binder.fault(`expected a map or struct, got "${kindOf(value)}"`)
    if (value.size === 0) return undefined
    const made: Record<string, T | null> = Object.create(null)
    for (const [key, entry] of value) {
      const each = nulls && entry === null ? null : binder.entry(key, entry, shape)
      if (each !== undefined) made[key] = each
    }
    return made
  }

const kindOf = (value: Value): string => {
  if (isDict(value)) return 'map'
  if (isList(value)) return 'slice'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  return value instanceof Fraction ? 'float64' : 'int'
}

export type Fields = Readonly<Record<string, Shape>>

/** Key under which a mapping's `x-` attributes wait to be bound. */
export const extensionsKey = '#extensions'

interface StructOptions {
  readonly extensible?: boolean
  /** Faults name members as Go does, in capitals: the reference's struct has no names of its own for them. */
  readonly goNames?: boolean
}

/** An object with these members in this order, and the `x-` attributes behind them; of other keys nothing is kept. */
export const struct = (
  fields: Fields,
  { extensible = true, goNames = false }: StructOptions = {},
): Shape<object> => {
  const members = Object.entries(fields).map(([name, shape]) => ({
    name,
    shape,
    label: goNames ? name.charAt(0).toUpperCase() + name.slice(1) : name,
  }))
  return (value, binder) => {
    if (value === null) return undefined
    if (!isDict(value)) return binder.fault(`expected a map or struct, got "${kindOf(value)}"`)
    const made: Record<string, unknown> = {}
    for (const { name, shape, label } of members) {
      const entry = value.get(name)
      const member = entry === undefined ? shape.nothing?.() : binder.field(name, entry, shape, label)
      if (member !== undefined) made[name] = member
    }
    const extensions = value.get(extensionsKey)
    if (extensible && isDict(extensions)) for (const [key, entry] of extensions) made[key] = plainValue(entry)
    return made
  }
}

/** A shape whose nothing is printed as this. */
export const withNothing = <T, N>(shape: Shape<T>, nothing: () => N): Shape<T | N> =>
  Object.assign((value: Value, binder: Binder): T | N => shape(value, binder) ?? nothing(), { nothing })
