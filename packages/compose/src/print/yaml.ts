import { goFloat, wholeDigits } from '../tree/go-text.ts'
import { Fraction, Timestamp } from '../tree/value.ts'
import { yamlText } from './yaml-scalar.ts'

/** What can be printed: mappings are lists of entries, in their order. */
export type Printable =
  | string
  | number
  | bigint
  | boolean
  | null
  | Fraction
  | Timestamp
  | Entries
  | readonly Printable[]

export class Entries {
  readonly list: readonly (readonly [key: string, value: Printable])[]

  constructor(list: readonly (readonly [key: string, value: Printable])[]) {
    this.list = list
  }
}

/** A document in block style, indented by two spaces, as Go's yaml.v3 writes it. */
export const printYaml = (root: Entries): string => {
  const lines: string[] = []
  writeEntries(root, '', lines, '')
  return `${lines.join('\n')}\n`
}

/** `first` is what stands before the first key, when a list item opens on its line. */
const writeEntries = (entries: Entries, indent: string, lines: string[], first: string): void => {
  let lead = first
  for (const [key, value] of entries.list) {
    if (isSimpleKey(key)) writeValue(value, indent, lines, `${lead || indent}${yamlText(key)}:`)
    else writeLongEntry(key, value, indent, lines, lead || indent)
    lead = ''
  }
}

/** Longer keys, in bytes, and those of several lines stand alone behind a question mark. */
const isSimpleKey = (key: string): boolean =>
  (key.length <= 42 || Buffer.byteLength(key) <= 128) && !/[\n\r\x85\u2028\u2029]/.test(key)

const writeLongEntry = (
  key: string,
  value: Printable,
  indent: string,
  lines: string[],
  lead: string,
): void => {
  const below = `${indent}  `
  lines.push(`${lead}? ${yamlText(key, below)}`)
  const opened = `${indent}: `
  if (value instanceof Entries && value.list.length > 0) writeEntries(value, below, lines, opened)
  else if (Array.isArray(value) && value.length > 0) writeItems(value, below, lines, opened)
  else writeValue(value, indent, lines, `${indent}:`)
}

const writeValue = (value: Printable, indent: string, lines: string[], lead: string): void => {
  if (value instanceof Entries) {
    if (value.list.length === 0) lines.push(`${lead} {}`)
    else {
      lines.push(lead)
      writeEntries(value, `${indent}  `, lines, '')
    }
  } else if (Array.isArray(value)) {
    if (value.length === 0) lines.push(`${lead} []`)
    else {
      lines.push(lead)
      writeItems(value, `${indent}  `, lines, '')
    }
  } else lines.push(`${lead} ${scalar(value as Scalar, `${indent}  `)}`)
}

const writeItems = (items: readonly Printable[], indent: string, lines: string[], first: string): void => {
  let lead = first || indent
  for (const item of items) {
    const opened = `${lead}- `
    if (item instanceof Entries && item.list.length > 0) writeEntries(item, `${indent}  `, lines, opened)
    else if (Array.isArray(item) && item.length > 0) writeItems(item, `${indent}  `, lines, opened)
    else writeValue(item, indent, lines, `${lead}-`)
    lead = indent
  }
}

type Scalar = Exclude<Printable, Entries | readonly Printable[]>

const scalar = (value: Scalar, indent: string): string => {
  if (value === null) return 'null'
  if (typeof value === 'string') return yamlText(value, indent)
  if (value instanceof Timestamp) return value.text
  if (value instanceof Fraction) return yamlFloat(value)
  if (typeof value === 'number' && !Number.isInteger(value)) return yamlFloat(new Fraction(value))
  return typeof value === 'number' ? wholeDigits(value) : String(value)
}

const yamlFloat = (value: Fraction): string => {
  if (Number.isNaN(value.value)) return '.nan'
  if (!Number.isFinite(value.value)) return value.value > 0 ? '.inf' : '-.inf'
  return goFloat(value)
}
