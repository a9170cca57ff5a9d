import { suggest } from '@container-compose/core'
import { goQuote } from '../tree/go-text.ts'
import { Fraction, isDict, isList, Timestamp, type Value } from '../tree/value.ts'
import { accepts, firstEqual, fits, schemaOf } from './accepts.ts'
import type { ArraySchema, ObjectSchema, Schema, TypeName, TypeSchema } from './schema.ts'

/** What a document has against the schema. */
export interface Violation {
  readonly code: string
  readonly path: readonly string[]
  /** In the words of the reference, the path left out. */
  readonly message: string
  readonly hint?: string | undefined
  /** The keys that the fault is about, when they are of the mapping at `path`. */
  readonly keys?: readonly string[]
}

/** Checks a value and gives all that is wrong. Of alternatives, that is told which fits best. */
export const check = (schema: Schema, value: Value): Violation[] =>
  accepts(schema, value) ? none : violationsOf(schema, value, [])

const violationsOf = (schema: Schema, value: Value, path: readonly string[]): Violation[] => {
  if (value instanceof Timestamp)
    return [violation('SCHEMA_TYPE', path, 'invalid jsonType time.Time', quoteIt)]
  switch (schema.kind) {
    case 'type':
      return checkType(schema, value, path)
    case 'object':
      return checkObject(schema, value, path)
    case 'array':
      return checkArray(schema, value, path)
    default:
      return checkChoices(schema.choices, value, path)
  }
}

const quoteIt = 'put the value in quotes'
const none: Violation[] = []

const violation = (code: string, path: readonly string[], message: string, hint?: string): Violation => ({
  code,
  path,
  message,
  hint,
})

const wrongType = (types: readonly TypeName[], value: Value, path: readonly string[]): Violation => {
  const names = types.map((name) => (name === 'object' ? 'mapping' : name)).sort()
  const last = names[names.length - 1] as string
  const text = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} or ${last}`
  const quotable = types.includes('string') && typeof value !== 'object'
  return violation('SCHEMA_TYPE', path, `must be a ${text}`, quotable ? quoteIt : undefined)
}

const checkType = (schema: TypeSchema, value: Value, path: readonly string[]): Violation[] => {
  if (!fits(schema.types, value)) return [wrongType(schema.types, value, path)]
  if (schema.oneOf !== undefined && !schema.oneOf.includes(value as string)) {
    const choices = schema.oneOf.map(quote)
    const wanted =
      choices.length === 1 ? `value must be ${choices[0]}` : `value must be one of ${choices.join(', ')}`
    return [violation('SCHEMA_VALUE', path, wanted, didYouMean(suggest(value as string, schema.oneOf)))]
  }
  if (schema.pattern !== undefined && !schema.pattern.test(value as string))
    return [
      violation(
        'SCHEMA_PATTERN',
        path,
        `${quote(value as string)} does not match pattern ${quote(schema.pattern.source)}`,
      ),
    ]
  if (schema.least !== undefined || schema.most !== undefined) {
    const size = value instanceof Fraction ? value.value : Number(value)
    if (schema.least !== undefined && size < schema.least)
      return [violation('SCHEMA_RANGE', path, `must be greater than or equal to ${schema.least}`)]
    if (schema.most !== undefined && size > schema.most)
      return [violation('SCHEMA_RANGE', path, `must be less than or equal to ${schema.most}`)]
  }
  return none
}

const checkObject = (schema: ObjectSchema, value: Value, path: readonly string[]): Violation[] => {
  if (!isDict(value)) {
    if (schema.orTypes.length > 0 && fits(schema.orTypes, value)) return none
    return [wrongType([...schema.orTypes, 'object'], value, path)]
  }
  let found = none
  const missing = schema.required.filter((name) => !value.has(name))
  if (missing.length > 0) {
    const names = missing.map(quote).join(', ')
    const noun = missing.length === 1 ? 'property' : 'properties'
    found = [violation('SCHEMA_MISSING', path, `missing ${noun} ${names}`)]
  }
  const unknown: string[] = []
  for (const [key, entry] of value) {
    const schemaOfKey = schemaOf(schema, key)
    if (schemaOfKey !== undefined) {
      const below = violationsOf(schemaOfKey, entry, [...path, key])
      if (below.length > 0) found = [...found, ...below]
    } else if (!schema.open && !(schema.extensible && key.startsWith('x-'))) unknown.push(key)
  }
  return unknown.length === 0 ? found : [unknownKeys(schema, path, unknown), ...found]
}

const unknownKeys = (schema: ObjectSchema, path: readonly string[], keys: readonly string[]): Violation => ({
  code: 'UNKNOWN_KEY',
  path,
  message: `additional properties ${keys.map(quote).join(', ')} not allowed`,
  hint: schema.keys !== undefined ? 'names are made of letters, digits and . _ -' : intended(schema, keys),
  keys,
})

const intended = ({ properties }: ObjectSchema, keys: readonly string[]): string | undefined => {
  const [first, ...more] = keys
  if (first !== undefined && more.length === 0) return didYouMean(suggest(first, Object.keys(properties)))
  const pairs = keys.flatMap((key) => {
    const word = suggest(key, Object.keys(properties))
    return word === undefined ? [] : [`${word} for ${key}`]
  })
  return pairs.length === 0 ? undefined : `did you mean ${pairs.join(', ')}?`
}

const didYouMean = (word: string | undefined): string | undefined =>
  word === undefined ? undefined : `did you mean ${word}?`

const checkArray = (schema: ArraySchema, value: Value, path: readonly string[]): Violation[] => {
  if (!isList(value)) return [wrongType(['array'], value, path)]
  let found = none
  if (schema.unique) {
    const pair = firstEqual(value)
    if (pair !== undefined)
      found = [violation('SCHEMA_UNIQUE', path, `items at ${pair[0]} and ${pair[1]} are equal`)]
  }
  for (const [index, item] of value.entries()) {
    const below = violationsOf(schema.items, item, [...path, String(index)])
    if (below.length > 0) found = [...found, ...below]
  }
  return found
}

/** The deepest fault tells most about what was meant; of equals, that of the first alternative. */
const checkChoices = (choices: readonly Schema[], value: Value, path: readonly string[]): Violation[] => {
  let best: Violation[] | undefined
  let bestDepth = -1
  for (const choice of choices) {
    const found = violationsOf(choice, value, path)
    if (found.length === 0) return none
    const depth = Math.max(...found.map(depthOf))
    if (depth > bestDepth) {
      best = found
      bestDepth = depth
    }
  }
  return best ?? none
}

const depthOf = ({ path, keys }: Violation): number => path.length + (keys === undefined ? 0 : 1)

/** A text in single quotes, as the reference's validator shows it. */
const quote = (text: string): string =>
  `'${goQuote(text).replaceAll('\\"', '"').replaceAll("'", "\\'").slice(1, -1)}'`
