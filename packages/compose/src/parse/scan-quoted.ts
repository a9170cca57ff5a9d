import { isBlank, isBreak, isBreakOrEnd, isEnd, tab } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { type Token, tokenAt } from './token.ts'
import { type Mark, scannerError } from './yaml-error.ts'

const singleQuote = 0x27
const doubleQuote = 0x22
const backslash = 0x5c

/** Reads a scalar in quotes; the cursor is at the opening one. */
export const scanQuotedScalar = (cursor: Cursor): Token => {
  const start = cursor.mark()
  const quote = cursor.code()
  cursor.offset += 1
  const simple = simpleEnd(cursor.text, cursor.offset, quote)
  if (simple >= 0) {
    const text = cursor.text.slice(cursor.offset, simple)
    cursor.offset = simple + 1
    return tokenAt('scalar', start, text)
  }
  let value = ''
  for (;;) {
    if (cursor.atDocumentIndicator()) throw scannerError('found unexpected document indicator', start, cursor)
    if (isEnd(cursor.code())) throw scannerError('found unexpected end of stream', start, cursor)
    const { text, escapedBreak } = scanWord(cursor, quote, start)
    value += text
    if (cursor.code() === quote) break
    value += scanWhitespace(cursor, escapedBreak)
  }
  cursor.offset += 1
  return tokenAt('scalar', start, value)
}

/** The offset of the closing quote if only plain characters of this line stand before it, else -1. */
const simpleEnd = (text: string, from: number, quote: number): number => {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) return text.charCodeAt(at + 1) === quote && quote === singleQuote ? -1 : at
    if (code < 0x20 || code === backslash || code === 0x85 || code >= 0x2028 || Number.isNaN(code)) {
      if (code !== tab && !(code === backslash && quote === singleQuote)) return -1
    }
  }
}

/** Reads up to a blank, a break or the closing quote, or over an escaped line break. */
const scanWord = (
  cursor: Cursor,
  quote: number,
  start: Mark,
): { readonly text: string; readonly escapedBreak: boolean } => {
  let text = ''
  let from = cursor.offset
  for (;;) {
    const code = cursor.code()
    if (isBlank(code) || isBreakOrEnd(code)) break
    if (code === quote) {
      if (quote === doubleQuote || cursor.code(1) !== singleQuote) break
      text += cursor.text.slice(from, cursor.offset + 1)
      cursor.offset += 2
      from = cursor.offset
    } else if (code === backslash && quote === doubleQuote) {
      text += cursor.text.slice(from, cursor.offset)
      if (isBreak(cursor.code(1))) {
        cursor.offset += 1
        cursor.takeBreak()
        return { text, escapedBreak: true }
      }
      text += scanEscape(cursor, start)
      from = cursor.offset
    } else cursor.offset += 1
  }
  return { text: text + cursor.text.slice(from, cursor.offset), escapedBreak: false }
}

/** Reads blanks and line breaks and gives what stays of them after folding. */
const scanWhitespace = (cursor: Cursor, afterEscapedBreak: boolean): string => {
  let sawBreak = afterEscapedBreak
  let blanks = ''
  let firstBreak = ''
  let moreBreaks = ''
  for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
    if (isBreak(code)) {
      if (sawBreak) moreBreaks += cursor.takeBreak()
      else {
        firstBreak = cursor.takeBreak()
        sawBreak = true
      }
    } else {
      if (!sawBreak) blanks += code === tab ? '\t' : ' '
      cursor.offset += 1
    }
  }
  if (!sawBreak) return blanks
  return firstBreak === '\n' ? moreBreaks || ' ' : firstBreak + moreBreaks
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

const scanEscape = (cursor: Cursor, start: Mark): string => {
  const name = cursor.text.charAt(cursor.offset + 1)
  const plain = escapes[name]
  if (plain !== undefined) {
    cursor.offset += 2
    return plain
  }
  const length = escapeLengths[name]
  if (length === undefined) throw scannerError('found unknown escape character', start, cursor)
  cursor.offset += 2
  const digits = cursor.text.slice(cursor.offset, cursor.offset + length)
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits))
    throw scannerError('did not find expected hexdecimal number', start, cursor)
  const code = Number.parseInt(digits, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    throw scannerError('found invalid Unicode character escape code', start, cursor)
  cursor.offset += length
  return String.fromCodePoint(code)
}
