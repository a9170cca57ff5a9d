/** A part of the Compose schema: JSON Schema's ideas, as far as the specification needs them. */
export type Schema = TypeSchema | ObjectSchema | ArraySchema | OneOfSchema

export type TypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'

export interface TypeSchema {
  readonly kind: 'type'
  readonly types: readonly TypeName[]
  readonly oneOf?: readonly string[]
  readonly pattern?: RegExp
  readonly least?: number
  readonly most?: number
}

export interface ObjectSchema {
  readonly kind: 'object'
  readonly properties: Readonly<Record<string, Schema>>
  /** Keys of the user's own and what they hold. */
  readonly keys: { readonly pattern: RegExp; readonly schema: Schema } | undefined
  readonly required: readonly string[]
  /** Keys that are neither properties nor fit the pattern are let through. */
  readonly open: boolean
  /** `x-` attributes may be added. */
  readonly extensible: boolean
  /** Null may stand for it, or a value of these types. */
  readonly orTypes: readonly TypeName[]
}

export interface ArraySchema {
  readonly kind: 'array'
  readonly items: Schema
  readonly unique: boolean
}

export interface OneOfSchema {
  readonly kind: 'one-of'
  readonly choices: readonly Schema[]
}

export const type = (...types: TypeName[]): TypeSchema => ({ kind: 'type', types })

/** One of these words. */
export const words = (...choices: string[]): TypeSchema => ({
  kind: 'type',
  types: ['string'],
  oneOf: choices,
})

export const matching = (pattern: RegExp): TypeSchema => ({ kind: 'type', types: ['string'], pattern })

export const integerBetween = (least: number, most?: number): TypeSchema =>
  most === undefined
    ? { kind: 'type', types: ['integer'], least }
    : { kind: 'type', types: ['integer'], least, most }

interface ObjectOptions {
  readonly required?: readonly string[]
  readonly open?: boolean
  readonly extensible?: boolean
  readonly orTypes?: readonly TypeName[]
}

/** A mapping with these attributes, and `x-` ones unless said otherwise. */
export const object = (
  properties: Readonly<Record<string, Schema>>,
  { required = [], open = false, extensible = true, orTypes = [] }: ObjectOptions = {},
): ObjectSchema => ({ kind: 'object', properties, keys: undefined, required, open, extensible, orTypes })

/** A mapping whose keys are the user's. */
export const mapOf = (
  schema: Schema,
  { pattern = /./, open = false }: { readonly pattern?: RegExp; readonly open?: boolean } = {},
): ObjectSchema => ({
  kind: 'object',
  properties: {},
  keys: { pattern, schema },
  required: [],
  open,
  extensible: false,
  orTypes: [],
})

export const list = (items: Schema, { unique = false } = {}): ArraySchema => ({
  kind: 'array',
  items,
  unique,
})

export const oneOf = (...choices: Schema[]): OneOfSchema => ({ kind: 'one-of', choices })

export const string = type('string')
export const booleanOrString = type('boolean', 'string')
export const numberOrString = type('number', 'string')
export const integerOrString = type('integer', 'string')
export const strings = list(string)
export const uniqueStrings = list(string, { unique: true })
export const stringOrList = oneOf(string, uniqueStrings)
export const listOrMap = oneOf(mapOf(type('string', 'number', 'boolean', 'null')), uniqueStrings)
/** What names of services, networks and the like are made of. */
export const nameOf = /^[a-zA-Z0-9._-]+$/
