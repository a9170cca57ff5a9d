import { badParameter } from './errors.ts'

/** `filters=` of a list: for each name the values of which one must fit (`label`: all). */
export type Filters = ReadonlyMap<string, readonly string[]>

/**
 * Reads the parameter in both forms that clients send: `{"label":{"a=b":true}}` and, older, `{"label":["a=b"]}`.
 *
 * @throws ApiError 400 for other forms, and for names that are not among `allowed`.
 */
export const parseFilters = (text: string | null, allowed: readonly string[]): Filters => {
  const filters = new Map<string, string[]>()
  if (text === null || text === '') return filters
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badParameter('invalid filter')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badParameter('invalid filter')
  for (const [name, given] of Object.entries(value)) {
    if (!allowed.includes(name)) throw badParameter(`invalid filter '${name}'`)
    filters.set(name, valuesOf(given))
  }
  return filters
}

const valuesOf = (given: unknown): string[] => {
  if (Array.isArray(given) && given.every((value) => typeof value === 'string')) return given
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw badParameter('invalid filter')
  return Object.entries(given).flatMap(([value, wanted]) => (wanted === true ? [value] : []))
}

/** True when the filter is absent, or when one of its values fits. */
export const fitsOne = (filters: Filters, name: string, fits: (value: string) => boolean): boolean => {
  const values = filters.get(name)
  return values === undefined || values.length === 0 || values.some(fits)
}

/** True when every `label` (`key` or `key=value`) is there, and no `label!`. */
export const fitsLabels = (filters: Filters, labels: Readonly<Record<string, string>>): boolean =>
  (filters.get('label') ?? []).every((wanted) => hasLabel(labels, wanted)) &&
  !(filters.get('label!') ?? []).some((wanted) => hasLabel(labels, wanted))

const hasLabel = (labels: Readonly<Record<string, string>>, wanted: string): boolean => {
  const equals = wanted.indexOf('=')
  if (equals < 0) return Object.hasOwn(labels, wanted)
  const key = wanted.slice(0, equals)
  return Object.hasOwn(labels, key) && labels[key] === wanted.slice(equals + 1)
}

/** A boolean filter such as `dangling`; undefined when absent. */
export const booleanFilter = (filters: Filters, name: string): boolean | undefined => {
  const values = filters.get(name)
  if (values === undefined || values.length === 0) return undefined
  const [value = '', ...others] = values
  if (others.length === 0 && ['1', 'true', 't'].includes(value.toLowerCase())) return true
  if (others.length === 0 && ['0', 'false', 'f'].includes(value.toLowerCase())) return false
  throw badParameter(`invalid filter '${name}=${value}'`)
}

/**
 * How Docker compares names in filters: as a regular expression found anywhere; a pattern that is none is compared as text.
 */
export const fitsName = (pattern: string, name: string): boolean => {
  if (name === pattern) return true
  // Plain names are by far the most; and a pattern from a client must not keep the engine busy for ever.
  if (/^[\w.:/-]*$/.test(pattern)) return name.includes(pattern)
  if (pattern.length > 200) return false
  const anchored = /^(\^?)([\w./:-]*)(\$?)$/.exec(pattern)
  if (anchored !== null) {
    const [, start, body = '', end] = anchored
    if (start && end) return name === body
    return start ? name.startsWith(body) : name.endsWith(body)
  }
  try {
    return new RegExp(pattern).test(name)
  } catch {
    return false
  }
}
