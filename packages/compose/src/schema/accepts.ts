import { goText } from '../tree/go-text.ts'
import { Fraction, isDict, isList, Timestamp, type Value } from '../tree/value.ts'
import type { ObjectSchema, Schema, TypeName, TypeSchema } from './schema.ts'

/** Whether a value is all right; far cheaper than to find out what is wrong. */
export const accepts = (schema: Schema, value: Value): boolean => {
  switch (schema.kind) {
    case 'type':
      return acceptsType(schema, value)
    case 'object':
      return acceptsObject(schema, value)
    case 'array': {
      if (!isList(value)) return false
      for (const item of value) if (!accepts(schema.items, item)) return false
      return !schema.unique || value.length < 2 || firstEqual(value) === undefined
    }
    default:
      for (const choice of schema.choices) if (accepts(choice, value)) return true
      return false
  }
}

const acceptsType = ({ types, oneOf, pattern, least, most }: TypeSchema, value: Value): boolean => {
  if (!fits(types, value)) return false
  if (oneOf !== undefined) return oneOf.includes(value as string)
  if (pattern !== undefined) return pattern.test(value as string)
  if (least === undefined && most === undefined) return true
  const size = value instanceof Fraction ? value.value : Number(value)
  return (least === undefined || size >= least) && (most === undefined || size <= most)
}

const acceptsObject = (schema: ObjectSchema, value: Value): boolean => {
  if (!isDict(value)) return schema.orTypes.length > 0 && fits(schema.orTypes, value)
  for (const name of schema.required) if (!value.has(name)) return false
  for (const [key, entry] of value) {
    const schemaOfKey = schemaOf(schema, key)
    if (schemaOfKey !== undefined) {
      if (!accepts(schemaOfKey, entry)) return false
    } else if (!schema.open && !(schema.extensible && key.startsWith('x-'))) return false
  }
  return true
}

/** The schema of a key's value; undefined for a key that the schema doesn't know. */
export const schemaOf = ({ properties, keys }: ObjectSchema, key: string): Schema | undefined => {
  if (Object.hasOwn(properties, key)) return properties[key]
  return keys?.pattern.test(key) ? keys.schema : undefined
}

export const typeOf = (value: Value): TypeName | 'timestamp' => {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'boolean'
  if (isDict(value)) return 'object'
  if (isList(value)) return 'array'
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Fraction) return Number.isInteger(value.value) ? 'integer' : 'number'
  return 'integer'
}

export const fits = (types: readonly TypeName[], value: Value): boolean => {
  const actual = typeOf(value)
  return types.includes(actual as TypeName) || (actual === 'integer' && types.includes('number'))
}

export const firstEqual = (items: readonly Value[]): readonly [number, number] | undefined => {
  const seen = new Map<string, number>()
  for (const [index, item] of items.entries()) {
    const key = `${typeOf(item) === 'integer' ? 'number' : typeOf(item)} ${goText(item)}`
    const first = seen.get(key)
    if (first !== undefined) return [first, index]
    seen.set(key, index)
  }
  return undefined
}
