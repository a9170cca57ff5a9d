import { isBlank, isBlankOrEnd, isBreakOrEnd, isDigit, isWord } from './characters.ts'
import type { Cursor } from './cursor.ts'
import { type Token, tokenAt } from './token.ts'
import { type Mark, scannerError } from './yaml-error.ts'

const takeWord = (cursor: Cursor): string => {
  const from = cursor.offset
  while (isWord(cursor.code())) cursor.offset += 1
  return cursor.text.slice(from, cursor.offset)
}

const takeBlanks = (cursor: Cursor): void => {
  while (isBlank(cursor.code())) cursor.offset += 1
}

/** Reads `&anchor` or `*alias`. */
export const scanAnchor = (cursor: Cursor, kind: 'anchor' | 'alias'): Token => {
  const start = cursor.mark()
  cursor.offset += 1
  const name = takeWord(cursor)
  const next = cursor.code()
  if (name === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(String.fromCharCode(next))))
    throw scannerError('did not find expected alphabetic or numeric character', start, cursor)
  return tokenAt(kind, start, name)
}

/** Reads `!tag`, `!!tag`, `!handle!tag` or `!<verbatim>`. */
export const scanTag = (cursor: Cursor): Token => {
  const start = cursor.mark()
  let handle = ''
  let suffix: string
  if (cursor.code(1) === 0x3c) {
    cursor.offset += 2
    suffix = scanUri(cursor, '', start)
    if (cursor.code() !== 0x3e) throw scannerError("did not find the expected '>'", start, cursor)
    cursor.offset += 1
  } else {
    handle = scanHandle(cursor, start, false)
    if (handle.length > 1 && handle.endsWith('!')) suffix = scanUri(cursor, '', start)
    else {
      suffix = scanUri(cursor, handle, start)
      handle = '!'
      if (suffix === '') {
        handle = ''
        suffix = '!'
      }
    }
  }
  if (!isBlankOrEnd(cursor.code()))
    throw scannerError('did not find expected whitespace or line break', start, cursor)
  return tokenAt('tag', start, handle, suffix)
}

const scanHandle = (cursor: Cursor, start: Mark, inDirective: boolean): string => {
  if (cursor.code() !== 0x21) throw scannerError("did not find expected '!'", start, cursor)
  const from = cursor.offset
  cursor.offset += 1
  takeWord(cursor)
  if (cursor.code() === 0x21) cursor.offset += 1
  else if (inDirective && cursor.offset - from !== 1)
    throw scannerError("did not find expected '!'", start, cursor)
  return cursor.text.slice(from, cursor.offset)
}

const uriCharacter = /[\w\-;/?:@&=+$,.!~*'()[\]%]/

const scanUri = (cursor: Cursor, head: string, start: Mark): string => {
  const from = cursor.offset
  while (uriCharacter.test(cursor.text.charAt(cursor.offset))) cursor.offset += 1
  const text = cursor.text.slice(from, cursor.offset)
  if (text === '' && head === '') throw scannerError('did not find expected tag URI', start, cursor)
  try {
    return head.slice(1) + decodeURIComponent(text)
  } catch {
    throw scannerError('did not find URI escaped octet', start, cursor)
  }
}

/** Reads `%YAML 1.1` or `%TAG ! prefix`; the cursor is at `%`. */
export const scanDirective = (cursor: Cursor): Token => {
  const start = cursor.mark()
  cursor.offset += 1
  const name = takeWord(cursor)
  if (name === '') throw scannerError('could not find expected directive name', start, cursor)
  if (!isBlankOrEnd(cursor.code()))
    throw scannerError('found unexpected non-alphabetical character', start, cursor)
  takeBlanks(cursor)
  let token: Token
  if (name === 'YAML') token = tokenAt('version-directive', start, scanVersion(cursor, start))
  else if (name === 'TAG') {
    const handle = scanHandle(cursor, start, true)
    if (!isBlank(cursor.code())) throw scannerError('did not find expected whitespace', start, cursor)
    takeBlanks(cursor)
    const prefix = scanUri(cursor, '', start)
    if (!isBlankOrEnd(cursor.code()))
      throw scannerError('did not find expected whitespace or line break', start, cursor)
    token = tokenAt('tag-directive', start, handle, prefix)
  } else throw scannerError('found unknown directive name', start, cursor)
  takeBlanks(cursor)
  if (cursor.code() === 0x23) while (!isBreakOrEnd(cursor.code())) cursor.offset += 1
  if (!isBreakOrEnd(cursor.code()))
    throw scannerError('did not find expected comment or line break', start, cursor)
  cursor.takeBreak()
  return token
}

const scanVersion = (cursor: Cursor, start: Mark): string => {
  const number = (): string => {
    const from = cursor.offset
    while (isDigit(cursor.code())) cursor.offset += 1
    const digits = cursor.text.slice(from, cursor.offset)
    if (digits === '') throw scannerError('did not find expected version number', start, cursor)
    if (digits.length > 2) throw scannerError('found extremely long version number', start, cursor)
    return digits
  }
  const major = number()
  if (cursor.code() !== 0x2e)
    throw scannerError("did not find expected digit or '.' character", start, cursor)
  cursor.offset += 1
  return `${Number(major)}.${Number(number())}`
}
