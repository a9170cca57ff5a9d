import { isBlank, isBlankOrEnd, isBreak, space, tab } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { type Token, tokenAt } from './token.ts'
import { scannerError } from './yaml-error.ts'

export interface PlainScalar {
  readonly token: Token
  /** The scalar ended at a line break, after which a key may stand. */
  readonly endedLine: boolean
}

/** Reads a scalar without quotes. `indent` is the column that its further lines must reach in the block context. */
export const scanPlainScalar = (cursor: Cursor, indent: number, inFlow: boolean): PlainScalar => {
  const start = cursor.mark()
  let value = ''
  let breaks = ''
  let sawBreak = false
  while (!cursor.atDocumentIndicator() && cursor.code() !== 0x23) {
    const from = cursor.offset
    const to = endOfPart(cursor.text, from, inFlow)
    if (to > from) {
      value += breaks + cursor.text.slice(from, to)
      cursor.offset = to
      sawBreak = false
    }
    let code = cursor.code()
    if (!isBlank(code) && !isBreak(code)) break
    let firstBreak = ''
    let moreBreaks = ''
    for (; isBlank(code) || isBreak(code); code = cursor.code()) {
      if (isBreak(code)) {
        if (sawBreak) moreBreaks += cursor.takeBreak()
        else firstBreak = cursor.takeBreak()
        sawBreak = true
      } else {
        if (sawBreak && cursor.column < indent && code === tab)
          throw scannerError('found a tab character that violates indentation', start, cursor)
        cursor.offset += 1
      }
    }
    // Only an indicator follows blanks that no break ends.
    if (!sawBreak || (!inFlow && cursor.column < indent)) break
    breaks = firstBreak === '\n' ? moreBreaks || ' ' : firstBreak + moreBreaks
  }
  return { token: tokenAt('scalar', start, value, '', true), endedLine: sawBreak }
}

/**
 * The end of the part of a plain scalar that stands on this line, blanks behind it left out. `from` itself when none does.
 */
const endOfPart = (text: string, from: number, inFlow: boolean): number => {
  let end = from
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at)
    // Nearly all characters are letters, which end nothing.
    if (code > 0x7d) {
      if (isBreak(code)) return end
    } else if (code <= 0x20) {
      if (code !== space && code !== tab) return end
      continue
    } else if (code === 0x3a) {
      if (isBlankOrEnd(text.charCodeAt(at + 1))) return end
    } else if (code === 0x23) {
      if (at > from && isBlank(text.charCodeAt(at - 1))) return end
    } else if (
      inFlow &&
      (code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d)
    )
      return end
    else if (Number.isNaN(code)) return end
    end = at + 1
  }
}
