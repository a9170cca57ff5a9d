import type { EnvFile } from '../model/service.ts'
import { compareText, jsonFloat } from '../tree/go-text.ts'
import { Fraction } from '../tree/value.ts'

/** Blocks of bytes are structs without names for JSON in the reference, so that Go's own names show. */
const goNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  weight_device: { path: 'Path', weight: 'Weight' },
  device_read_bps: { path: 'Path', rate: 'Rate' },
  device_read_iops: { path: 'Path', rate: 'Rate' },
  device_write_bps: { path: 'Path', rate: 'Rate' },
  device_write_iops: { path: 'Path', rate: 'Rate' },
}

/**
 * A value as Go's `encoding/json` writes it. Objects without a prototype are mappings, whose keys are sorted; all others are
 * structs, whose members keep their order and whose `x-` attributes are left out. `indent` empty: all on one line.
 */
export const goJson = (value: unknown, indent = ''): string => write(value, indent, '\n', undefined)

const write = (value: unknown, step: string, newline: string, parent: string | undefined): string => {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return goJsonText(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : jsonFloat(new Fraction(value))
  const below = newline + step
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return brackets(
      '[',
      ']',
      value.map((item) => write(item, step, below, parent)),
      step,
      newline,
    )
  }
  const json = (value as { toJSON?: () => unknown }).toJSON
  if (typeof json === 'function') return write(json.call(value), step, newline, parent)
  if (parent === 'env_file' && (value as EnvFile).required) return goJsonText((value as EnvFile).path ?? '')
  const isMapping = Object.getPrototypeOf(value) === null
  const keys = isMapping ? Object.keys(value).sort(compareText) : Object.keys(value)
  const names = parent === undefined ? undefined : goNames[parent]
  const members: string[] = []
  for (const key of keys) {
    if (!isMapping && key.startsWith('x-')) continue
    const member = (value as Record<string, unknown>)[key]
    if (member === undefined) continue
    const text = write(member, step, below, isMapping ? undefined : key)
    members.push(`${goJsonText(names?.[key] ?? key)}:${step === '' ? '' : ' '}${text}`)
  }
  return members.length === 0 ? '{}' : brackets('{', '}', members, step, newline)
}

const brackets = (
  open: string,
  close: string,
  members: readonly string[],
  step: string,
  newline: string,
): string =>
  step === ''
    ? `${open}${members.join(',')}${close}`
    : `${open}${newline}${step}${members.join(`,${newline}${step}`)}${newline}${close}`

const htmlCharacters = /[<>&\u2028\u2029]/g

const goJsonText = (text: string): string =>
  JSON.stringify(text).replace(
    htmlCharacters,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
