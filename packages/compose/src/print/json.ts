import { UserError } from '@container-compose/core'
import type { EnvFile } from '../model/service.ts'
import { compareText, goFloat, jsonFloat, wholeDigits } from '../tree/go-text.ts'
import { Fraction, Timestamp } from '../tree/value.ts'

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
export const goJson = (value: unknown, indent = ''): string => {
  const parts: string[] = []
  new JsonWriter(parts, indent).write(value, '\n', undefined)
  return parts.join('')
}

class JsonWriter {
  readonly #parts: string[]
  readonly #step: string
  readonly #colon: string

  constructor(parts: string[], step: string) {
    this.#parts = parts
    this.#step = step
    this.#colon = step === '' ? ':' : ': '
  }

  write(value: unknown, newline: string, parent: string | undefined): void {
    if (typeof value === 'string') this.#parts.push(goJsonText(value))
    else if (value === null || value === undefined) this.#parts.push('null')
    else if (typeof value === 'number') this.#parts.push(goJsonNumber(value))
    else if (typeof value !== 'object') this.#parts.push(String(value))
    else if (Array.isArray(value)) this.#list(value, newline, parent)
    else if (value instanceof Timestamp) this.#parts.push(goJsonText(value.text))
    else if (value instanceof Fraction) this.#parts.push(jsonFloat(value))
    else this.#object(value as Record<string, unknown>, newline, parent)
  }

  #list(items: readonly unknown[], newline: string, parent: string | undefined): void {
    const below = newline + this.#step
    let lead = this.#step === '' ? '[' : `[${below}`
    for (const item of items) {
      this.#parts.push(lead)
      this.write(item, below, parent)
      lead = this.#step === '' ? ',' : `,${below}`
    }
    this.#parts.push(items.length === 0 ? '[]' : this.#step === '' ? ']' : `${newline}]`)
  }

  #object(value: Record<string, unknown>, newline: string, parent: string | undefined): void {
    if (parent === 'env_file' && (value as unknown as EnvFile).required) {
      this.#parts.push(goJsonText((value as unknown as EnvFile).path ?? ''))
      return
    }
    const isMapping = Object.getPrototypeOf(value) === null
    const keys = isMapping ? Object.keys(value).sort(compareText) : Object.keys(value)
    const names = parent === undefined ? undefined : goNames[parent]
    const below = newline + this.#step
    let lead = this.#step === '' ? '{' : `{${below}`
    let isEmpty = true
    for (const key of keys) {
      const member = value[key]
      if (member === undefined || (!isMapping && key.startsWith('x-'))) continue
      this.#parts.push(lead, goJsonText(names?.[key] ?? key), this.#colon)
      this.write(member, below, isMapping ? undefined : key)
      lead = this.#step === '' ? ',' : `,${below}`
      isEmpty = false
    }
    this.#parts.push(isEmpty ? '{}' : this.#step === '' ? '}' : `${newline}}`)
  }
}

const goJsonNumber = (value: number): string => {
  if (Number.isInteger(value)) return wholeDigits(value)
  if (Number.isFinite(value)) return jsonFloat(new Fraction(value))
  throw new UserError('UNPRINTABLE', `json: unsupported value: ${goFloat(new Fraction(value))}`, {
    hint: 'print it as YAML',
  })
}

/** Characters that need no escape, which most texts are made of. */
const plainText = /^[ !#-%'-;=?-[\]-~]*$/
const htmlCharacters = /[<>&\u2028\u2029]/g

const goJsonText = (text: string): string =>
  plainText.test(text)
    ? `"${text}"`
    : JSON.stringify(text).replace(
        htmlCharacters,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
