import { Fraction, Timestamp, type Value } from '../tree/value.ts'
import { readTimestamp } from './timestamp.ts'

export type ScalarTag = '!!null' | '!!bool' | '!!str' | '!!int' | '!!float' | '!!timestamp' | '!!merge'

export interface ResolvedScalar {
  readonly tag: ScalarTag
  readonly value: Value
}

const words = new Map<string, ResolvedScalar>()
const addWords = (tag: ScalarTag, value: Value, ...texts: string[]): void => {
  for (const text of texts) words.set(text, { tag, value })
}
addWords('!!bool', true, 'true', 'True', 'TRUE')
addWords('!!bool', false, 'false', 'False', 'FALSE')
addWords('!!null', null, '', '~', 'null', 'Null', 'NULL')
addWords('!!float', new Fraction(Number.NaN), '.nan', '.NaN', '.NAN')
addWords('!!float', new Fraction(Number.POSITIVE_INFINITY), '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF')
addWords('!!float', new Fraction(Number.NEGATIVE_INFINITY), '-.inf', '-.Inf', '-.INF')
addWords('!!merge', '<<', '<<')

const yamlFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

/** What a scalar without quotes and tag is, by the rules of Go's yaml.v3: YAML 1.2's words, and numbers of both versions. */
export const resolvePlain = (text: string): ResolvedScalar => {
  const first = text.charCodeAt(0)
  // Only these begin something else than a text: digits, signs, `.`, `~`, `<` and the letters of the words.
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e
  if (mayBeNumber) return words.get(text) ?? resolveNumber(text)
  if (text.length <= 5) {
    const word = words.get(text)
    if (word !== undefined) return word
  }
  return { tag: '!!str', value: text }
}

const resolveNumber = (text: string): ResolvedScalar => {
  if (text.startsWith('.')) {
    const value = parseGoFloat(text)
    return value === undefined
      ? { tag: '!!str', value: text }
      : { tag: '!!float', value: new Fraction(value) }
  }
  const time = readTimestamp(text)
  if (time !== undefined) return { tag: '!!timestamp', value: time }
  const plain = text.includes('_') ? text.replaceAll('_', '') : text
  const whole = parseWhole(plain)
  if (whole !== undefined) return { tag: '!!int', value: whole }
  // Too large a number is a text.
  if (yamlFloat.test(plain) && Number.isFinite(Number(plain)))
    return { tag: '!!float', value: new Fraction(Number(plain)) }
  return { tag: '!!str', value: text }
}

const wholeForms: readonly (readonly [RegExp, string])[] = [
  [/^([-+]?)([1-9][0-9]*|0)$/, ''],
  [/^([-+]?)0[xX]([0-9a-fA-F]+)$/, '0x'],
  [/^([-+]?)0[oO]?([0-7]+)$/, '0o'],
  [/^([-+]?)0[bB]([01]+)$/, '0b'],
]

const parseWhole = (text: string): number | bigint | undefined => {
  for (const [form, prefix] of wholeForms) {
    const match = form.exec(text)
    if (match === null) continue
    const [, sign, digits = ''] = match
    if (prefix === '' && digits.length < 16) return sign === '-' ? 0 - Number(digits) : Number(digits)
    const size = BigInt(prefix + digits)
    const value = sign === '-' ? -size : size
    if (value < -(2n ** 63n) || value >= 2n ** 64n || (sign !== '' && value >= 2n ** 63n)) return undefined
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  return undefined
}

/** Go's ParseFloat for what begins with a dot. */
const parseGoFloat = (text: string): number | undefined =>
  /^\.[0-9]+([eE][-+]?[0-9]+)?$/.test(text) ? Number(text) : undefined

/** The value of a scalar with a tag, or a message in yaml.v3's words. Tags that it does not know make a text. */
export const resolveTagged = (
  tag: string,
  text: string,
): { readonly value: Value } | { readonly problem: string } => {
  if (tag === '!!str' || tag === '!' || tag === '!!binary' || !resolvable.has(tag)) {
    if (tag !== '!!binary') return { value: text }
    const digits = text.replace(/[\r\n]/g, '')
    if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits))
      return { problem: 'yaml: !!binary value contains invalid base64 data' }
    return { value: Buffer.from(text, 'base64').toString('utf8') }
  }
  const resolved = resolvePlain(text)
  if (resolved.tag === tag) return { value: resolved.value }
  if (tag === '!!float' && resolved.tag === '!!int') return { value: new Fraction(Number(resolved.value)) }
  return { problem: `yaml: cannot decode ${resolved.tag} \`${text}\` as a ${tag}` }
}

const resolvable = new Set(['!!bool', '!!int', '!!float', '!!null', '!!timestamp'])

/** True for a value that YAML reads as a time. */
export const isTimestamp = (value: Value): boolean => value instanceof Timestamp
