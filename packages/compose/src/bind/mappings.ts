import { compareText, goText, goType } from '../tree/go-text.ts'
import { isDict, isList, type Value } from '../tree/value.ts'
import type { Shape } from './binder.ts'

const emptyRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>

const orNothing = <T>(record: Record<string, T>): Record<string, T> | undefined => {
  for (const _ in record) return record
  return undefined
}

const cut = (value: Value): readonly [key: string, rest: string | undefined] => {
  const text = goText(value)
  const at = text.indexOf('=')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

/** Texts by key, from a mapping or from `key=value`; what has no value is empty. */
export const textMapping: Shape<Readonly<Record<string, string>>> = (value, binder) => {
  const made = emptyRecord<string>()
  if (isDict(value)) for (const [key, entry] of value) made[key] = entry === null ? '' : goText(entry)
  else if (isList(value)) {
    for (const item of value) {
      const [key, rest = ''] = cut(item)
      made[key] = rest
    }
  } else if (value !== null) return binder.fault(`unexpected value type ${goType(value)} for mapping`)
  return orNothing(made)
}

/** The same, but what has no value is null. */
export const environment: Shape<Readonly<Record<string, string | null>>> = (value, binder) => {
  const made = emptyRecord<string | null>()
  if (isDict(value)) for (const [key, entry] of value) made[key] = entry === null ? null : goText(entry)
  else if (isList(value)) {
    for (const item of value) {
      const [key, rest = null] = cut(item)
      if (/\s$/.test(key))
        return binder.fault(`environment variable ${key} is declared with a trailing space`)
      made[key] = rest
    }
  } else if (value !== null) return binder.fault(`unexpected value type ${goType(value)} for mapping`)
  return orNothing(made)
}

/** Options of a driver: a mapping only. */
export const options: Shape<Readonly<Record<string, string>>> = (value, binder) =>
  value === null || isDict(value)
    ? textMapping(value, binder)
    : binder.fault(`invalid type ${goType(value)} for options`)

/** Options that may be given several times. */
export const multiOptions: Shape<Readonly<Record<string, readonly string[]>>> = (value) => {
  if (!isDict(value)) return undefined
  const made = emptyRecord<readonly string[]>()
  for (const [key, entry] of value) made[key] = (isList(entry) ? entry : [entry]).map(goText)
  return orNothing(made)
}

/** `host=address`, sorted, from `host:address`, `host=address` or a mapping. */
export const extraHosts: Shape<readonly string[]> = (value, binder) => {
  const hosts: [host: string, address: string][] = []
  if (isDict(value)) {
    for (const [host, entry] of value) {
      if (isDict(entry)) return binder.fault(`unexpected value type ${goType(value)} for extra_hosts entry`)
      for (const address of isList(entry) ? entry : [entry])
        hosts.push([host, address === null ? '' : goText(address)])
    }
  } else if (isList(value)) {
    for (const item of value) {
      const text = goText(item)
      const at = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
      if (at < 0) return binder.fault(`invalid additional host, missing IP: ${text}`)
      for (const address of text.slice(at + 1).split(',')) hosts.push([text.slice(0, at), address])
    }
  } else if (value !== null) return binder.fault(`unexpected value type ${goType(value)} for extra_hosts`)
  for (const [host] of hosts)
    if (host === '' || /[:=]/.test(host)) return binder.fault(`bad host name '${host}'`)
  if (hosts.length === 0) return undefined
  const bare = (address: string) => (/^\[.+\]$/.test(address) ? address.slice(1, -1) : address)
  return hosts.map(([host, address]) => `${host}=${bare(address)}`).sort(compareText)
}
