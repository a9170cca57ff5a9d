import { Dict, Fraction, Timestamp, type Value } from './value.ts'

/** The shortest digits of a number in Go's `%g`: with an exponent below 1e-4 and from 1e6 on. */
export const goFloat = ({ value, single }: Fraction): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const digits = single ? shortestSingle(value) : value
  const [mantissa = '', exponent = '0'] = digits.toExponential().split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 6) {
    const size = Math.abs(power)
    return `${mantissa}e${power < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
  }
  return plainDigits(digits)
}

/** The number with the fewest digits that is the same in 32 bits. */
export const shortestSingle = (value: number): number => {
  for (let precision = 1; precision < 10; precision += 1) {
    const candidate = Number(value.toPrecision(precision))
    if (Math.fround(candidate) === value) return candidate
  }
  return value
}

/** Decimal digits without an exponent. */
export const plainDigits = (value: number): string => {
  const text = String(value)
  if (!text.includes('e')) return text
  const [mantissa = '', exponent = '0'] = text.split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.')
  const power = Number(exponent)
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${whole}${part}`
  return sign + whole + part.padEnd(power, '0')
}

/** A whole number; that which stands for all that do not fit (see `goInteger`) with its true digits. */
export const wholeDigits = (value: number): string =>
  Math.abs(value) === 2 ** 63 ? BigInt(value).toString() : plainDigits(value)

/** A number as `encoding/json` writes it. */
export const jsonFloat = ({ value, single }: Fraction): string => {
  const digits = single ? shortestSingle(value) : value
  const size = Math.abs(digits)
  if (size !== 0 && (size < 1e-6 || size >= 1e21)) return digits.toExponential()
  return Object.is(digits, -0) ? '-0' : plainDigits(digits)
}

/** What Go's `fmt.Sprint` makes of a value. */
export const goText = (value: Value): string => {
  if (value === null) return '<nil>'
  if (value instanceof Fraction) return goFloat(value)
  if (value instanceof Timestamp) return goTime(value)
  if (value instanceof Dict) return goMapping(value, goText)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  return String(value)
}

const goMapping = (value: Dict, show: (entry: Value) => string): string =>
  `map[${sortedKeys(value)
    .map((key) => `${key}:${show(value.get(key) ?? null)}`)
    .join(' ')}]`

/** What `%s` makes of a value: what is no text is shown with its type. */
export const goString = (value: Value): string => {
  if (typeof value === 'string') return value
  if (value === null) return '%!s(<nil>)'
  if (value instanceof Timestamp) return goTime(value)
  if (value instanceof Dict) return goMapping(value, goStringWithin)
  if (Array.isArray(value)) return `[${value.map(goStringWithin).join(' ')}]`
  return `%!s(${goType(value)}=${goText(value)})`
}

const goStringWithin = (value: Value): string => (value === null ? '<nil>' : goString(value))

/** A value in Go's syntax, as `%#v` prints it. */
export const goSyntax = (value: Value): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return goQuote(value)
  if (value instanceof Fraction) return goFloat(value)
  if (value instanceof Timestamp) return goDate(value.date)
  if (typeof value === 'bigint' && value >= 2n ** 63n) return `0x${value.toString(16)}`
  if (value instanceof Dict)
    return `map[string]interface {}{${sortedKeys(value)
      .map((key) => `${goQuote(key)}:${goSyntaxWithin(value.get(key) ?? null)}`)
      .join(', ')}}`
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntaxWithin).join(', ')}}`
  return goText(value)
}

const goSyntaxWithin = (value: Value): string => (value === null ? 'interface {}(nil)' : goSyntax(value))

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

const goDate = (date: Date): string => {
  const clock = [
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds() * 1e6,
  ]
  const day = `${date.getUTCFullYear()}, time.${months[date.getUTCMonth()]}, ${date.getUTCDate()}`
  return `time.Date(${day}, ${clock.join(', ')}, time.UTC)`
}

const goTime = ({ text }: Timestamp): string => {
  const [date = '', time = ''] = text.split('T')
  const [, clock = '', zone = 'Z'] = /^([\d:.]+)(.*)$/.exec(time) ?? []
  const offset = zone === 'Z' ? '+0000 UTC' : `${zone.replace(':', '')} ${zone.replace(':', '')}`
  return `${date} ${clock} ${offset}`
}

/** Go's name of the type of a value that YAML gave. */
export const goType = (value: Value): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'int'
  if (typeof value === 'bigint') return value < 2n ** 63n ? 'int' : 'uint64'
  if (value instanceof Fraction) return value.single ? 'float32' : 'float64'
  if (value instanceof Timestamp) return 'time.Time'
  return value instanceof Dict ? 'map[string]interface {}' : '[]interface {}'
}

/** Compares as Go does, by the bytes of UTF-8. */
export const compareText = (left: string, right: string): number => {
  if (left === right) return 0
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    // Surrogates stand for characters above all others, though their codes are not the highest.
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1
  }
  return left.length - right.length
}

const isSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdfff

export const sortedKeys = (value: Dict): string[] => [...value.keys()].sort(compareText)

/** A text in Go's double quotes, as `%q` prints it. */
export const goQuote = (text: string): string => {
  let quoted = '"'
  for (const character of text) {
    const known = goEscapes[character]
    const code = character.codePointAt(0) ?? 0
    if (known !== undefined) quoted += known
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${code.toString(16).padStart(2, '0')}`
    else if (/\p{C}|\p{Z}/u.test(character) && character !== ' ')
      quoted +=
        code > 0xffff
          ? `\\U${code.toString(16).padStart(8, '0')}`
          : `\\u${code.toString(16).padStart(4, '0')}`
    else quoted += character
  }
  return `${quoted}"`
}

const goEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}
