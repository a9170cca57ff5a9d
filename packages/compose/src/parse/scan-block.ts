import { isBlank, isBreak, isBreakOrEnd, isDigit, isEnd, space, tab } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { type Token, tokenAt } from './token.ts'
import { type Mark, scannerError } from './yaml-error.ts'

/** Reads a block scalar; the cursor is at `|` or `>`. `parentIndent` is the column of the block around it, -1 for none. */
export const scanBlockScalar = (cursor: Cursor, parentIndent: number): Token => {
  const start = cursor.mark()
  const folded = cursor.code() === 0x3e
  cursor.offset += 1
  const { chomping, increment } = scanHeader(cursor, start)
  skipToLineEnd(cursor, start)
  const breaks = new BreakScanner(cursor, start, parentIndent)
  if (increment > 0) breaks.indent = parentIndent >= 0 ? parentIndent + increment : increment

  let value = ''
  let lastBreak = ''
  let afterBlank = false
  let emptyLines = breaks.scan()
  while (cursor.column === breaks.indent && !isEnd(cursor.code())) {
    const startsBlank = isBlank(cursor.code())
    if (folded && !afterBlank && !startsBlank && lastBreak === '\n') {
      if (emptyLines === '') value += ' '
    } else value += lastBreak
    value += emptyLines
    afterBlank = startsBlank
    const from = cursor.offset
    while (!isBreakOrEnd(cursor.code())) cursor.offset += 1
    value += cursor.text.slice(from, cursor.offset)
    lastBreak = cursor.takeBreak()
    emptyLines = breaks.scan()
  }
  if (chomping !== 'strip') value += lastBreak
  if (chomping === 'keep') value += emptyLines
  return tokenAt('scalar', start, value)
}

interface Header {
  readonly chomping: 'clip' | 'strip' | 'keep'
  /** 0: to be found out. */
  readonly increment: number
}

const scanHeader = (cursor: Cursor, start: Mark): Header => {
  let chomping: Header['chomping'] = 'clip'
  let increment = 0
  const takeChomping = (): boolean => {
    const code = cursor.code()
    if (code !== 0x2b && code !== 0x2d) return false
    chomping = code === 0x2b ? 'keep' : 'strip'
    cursor.offset += 1
    return true
  }
  const takeIncrement = (): boolean => {
    const code = cursor.code()
    if (!isDigit(code)) return false
    if (code === 0x30) throw scannerError('found an indentation indicator equal to 0', start, cursor)
    increment = code - 0x30
    cursor.offset += 1
    return true
  }
  if (takeChomping()) takeIncrement()
  else if (takeIncrement()) takeChomping()
  return { chomping, increment }
}

const skipToLineEnd = (cursor: Cursor, start: Mark): void => {
  while (isBlank(cursor.code())) cursor.offset += 1
  if (cursor.code() === 0x23) while (!isBreakOrEnd(cursor.code())) cursor.offset += 1
  if (!isBreakOrEnd(cursor.code()))
    throw scannerError('did not find expected comment or line break', start, cursor)
  cursor.takeBreak()
}

/** Steps over indentation and empty lines, and finds the indentation at the first of them if it was not given. */
class BreakScanner {
  indent = 0
  readonly #cursor: Cursor
  readonly #start: Mark
  readonly #parentIndent: number

  constructor(cursor: Cursor, start: Mark, parentIndent: number) {
    this.#cursor = cursor
    this.#start = start
    this.#parentIndent = parentIndent
  }

  scan(): string {
    const cursor = this.#cursor
    let breaks = ''
    let deepest = 0
    for (;;) {
      while ((this.indent === 0 || cursor.column < this.indent) && cursor.code() === space) cursor.offset += 1
      if (cursor.column > deepest) deepest = cursor.column
      if ((this.indent === 0 || cursor.column < this.indent) && cursor.code() === tab)
        throw scannerError(
          'found a tab character where an indentation space is expected',
          this.#start,
          cursor,
        )
      if (!isBreak(cursor.code())) break
      breaks += cursor.takeBreak()
    }
    if (this.indent === 0) this.indent = Math.max(deepest, this.#parentIndent + 1, 1)
    return breaks
  }
}
