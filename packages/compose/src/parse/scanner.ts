import { isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isEnd, space, tab } from './characters.ts'
import { Cursor } from './cursor.ts'
import { scanBlockScalar } from './scan-block.ts'
import { scanPlainScalar } from './scan-plain.ts'
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts'
import { scanQuotedScalar } from './scan-quoted.ts'
import { type Token, type TokenKind, tokenAt } from './token.ts'
import { type Mark, scannerError } from './yaml-error.ts'

/** A token that becomes the key of a mapping if a `:` follows it. */
interface PossibleKey extends Mark {
  /** Number of the token in the stream. */
  readonly number: number
  /** Nothing else can stand here. */
  readonly required: boolean
}

const deepest = 10_000
/** `: ` must follow a key within as many characters. */
const longestKey = 1024

const flowIndicators: Readonly<Record<number, TokenKind>> = {
  91: 'flow-sequence-start',
  123: 'flow-mapping-start',
  93: 'flow-sequence-end',
  125: 'flow-mapping-end',
}

/**
 * The tokens of a YAML text, as libyaml makes them: whether a scalar is a key is known only when the `:` behind it is seen,
 * so that tokens wait in a queue into which the key's own token is then inserted.
 */
export class Scanner {
  readonly #cursor: Cursor
  #queue: Token[] = []
  #head = 0
  #taken = 0
  #ended = false
  #indent = -1
  readonly #indents: number[] = []
  #keyAllowed = true
  /** The token for which it is known that no key will be put before it. */
  #settled = -1
  /** One for each flow level, and one for the block context. */
  readonly #keys: (PossibleKey | undefined)[] = [undefined]
  readonly #keysByNumber = new Map<number, PossibleKey>()

  constructor(text: string) {
    this.#cursor = new Cursor(text)
  }

  peek(): Token {
    if (this.#settled !== this.#taken) {
      // yaml.v3 looks two tokens further than it must, which decides which of two faults it meets first.
      while (!this.#ended && (this.#queue.length - this.#head <= 2 || this.#waitsForKey())) this.#fetch()
      this.#settled = this.#taken
    }
    return this.#queue[this.#head] as Token
  }

  take(): Token {
    const token = this.peek()
    this.#head += 1
    this.#taken += 1
    if (this.#head > 256) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
    return token
  }

  #waitsForKey(): boolean {
    const key = this.#keysByNumber.get(this.#taken)
    return key !== undefined && this.#isValid(key)
  }

  #isValid(key: PossibleKey): boolean {
    const cursor = this.#cursor
    if (key.line === cursor.line && key.offset + longestKey >= cursor.offset) return true
    if (key.required) throw scannerError("could not find expected ':'", key, cursor)
    this.#keys[this.#keys.lastIndexOf(key)] = undefined
    this.#keysByNumber.delete(key.number)
    return false
  }

  #push(kind: TokenKind, mark: Mark): void {
    this.#queue.push(tokenAt(kind, mark))
  }

  #fetch(): void {
    const cursor = this.#cursor
    this.#skipToToken()
    this.#unrollIndent(cursor.column)
    const code = cursor.code()
    if (isEnd(code)) this.#fetchEnd()
    else if (cursor.column === 0 && code === 0x25) {
      this.#leaveBlocks()
      this.#queue.push(scanDirective(cursor))
    } else if (cursor.atDocumentIndicator()) {
      this.#leaveBlocks()
      this.#take(code === 0x2d ? 'document-start' : 'document-end', 3)
    } else this.#fetchContent(code, cursor.code(1), this.#keys.length > 1)
  }

  #fetchContent(code: number, next: number, inFlow: boolean): void {
    const cursor = this.#cursor
    const flowKind = flowIndicators[code]
    if (flowKind !== undefined) this.#fetchFlow(flowKind)
    else if (code === 0x2c) {
      this.#dropKey()
      this.#keyAllowed = true
      this.#take('flow-entry', 1)
    } else if (code === 0x2d && isBlankOrEnd(next)) this.#fetchEntry(inFlow)
    else if (code === 0x3f && (inFlow || isBlankOrEnd(next))) this.#fetchKey(inFlow)
    else if (code === 0x3a && (inFlow || isBlankOrEnd(next))) this.#fetchValue(inFlow)
    else if (code === 0x2a) this.#pushProperty(scanAnchor, 'alias')
    else if (code === 0x26) this.#pushProperty(scanAnchor, 'anchor')
    else if (code === 0x21) this.#pushProperty(scanTag, 'tag')
    else if ((code === 0x7c || code === 0x3e) && !inFlow) {
      this.#dropKey()
      this.#keyAllowed = true
      this.#queue.push(scanBlockScalar(cursor, this.#indent))
    } else if (code === 0x27 || code === 0x22) this.#pushProperty(scanQuotedScalar, 'scalar')
    else if (this.#startsPlain(code, next, inFlow)) {
      this.#saveKey()
      this.#keyAllowed = false
      const { token, endedLine } = scanPlainScalar(cursor, this.#indent + 1, inFlow)
      if (endedLine) this.#keyAllowed = true
      this.#queue.push(token)
    } else throw scannerError('found character that cannot start any token', cursor, cursor)
  }

  #startsPlain(code: number, next: number, inFlow: boolean): boolean {
    if (code === 0x2d) return !isBlank(next)
    if (code === 0x3f || code === 0x3a) return !inFlow && !isBlankOrEnd(next)
    return !isBlankOrEnd(code) && !'#|>%@`'.includes(String.fromCharCode(code))
  }

  #take(kind: TokenKind, length: number): void {
    this.#push(kind, this.#cursor)
    this.#cursor.offset += length
  }

  #fetchEnd(): void {
    const cursor = this.#cursor
    if (cursor.column !== 0) {
      cursor.line += 1
      cursor.lineStart = cursor.offset
    }
    this.#leaveBlocks()
    this.#push('stream-end', cursor)
    this.#ended = true
  }

  #leaveBlocks(): void {
    this.#unrollIndent(-1)
    this.#dropKey()
    this.#keyAllowed = false
  }

  #pushProperty<Kind extends TokenKind>(scan: (cursor: Cursor, kind: Kind) => Token, kind: Kind): void {
    this.#saveKey()
    this.#keyAllowed = false
    this.#queue.push(scan(this.#cursor, kind))
  }

  #fetchFlow(kind: TokenKind): void {
    const opens = kind === 'flow-sequence-start' || kind === 'flow-mapping-start'
    if (opens) {
      this.#saveKey()
      this.#keys.push(undefined)
      if (this.#keys.length - 1 > deepest)
        throw scannerError(`exceeded max depth of ${deepest}`, this.#cursor, this.#cursor)
    } else {
      this.#dropKey()
      if (this.#keys.length > 1) this.#keys.pop()
    }
    this.#keyAllowed = opens
    this.#take(kind, 1)
  }

  #fetchEntry(inFlow: boolean): void {
    const cursor = this.#cursor
    if (!inFlow) {
      if (!this.#keyAllowed)
        throw scannerError('block sequence entries are not allowed in this context', cursor, cursor)
      this.#rollIndent('block-sequence-start', cursor, this.#queue.length)
    }
    this.#dropKey()
    this.#keyAllowed = true
    this.#take('block-entry', 1)
  }

  #fetchKey(inFlow: boolean): void {
    const cursor = this.#cursor
    if (!inFlow) {
      if (!this.#keyAllowed)
        throw scannerError('mapping keys are not allowed in this context', cursor, cursor)
      this.#rollIndent('block-mapping-start', cursor, this.#queue.length)
    }
    this.#dropKey()
    this.#keyAllowed = !inFlow
    this.#take('key', 1)
  }

  #fetchValue(inFlow: boolean): void {
    const cursor = this.#cursor
    const key = this.#keys[this.#keys.length - 1]
    if (key !== undefined && this.#isValid(key)) {
      const index = key.number - this.#taken + this.#head
      this.#queue.splice(index, 0, tokenAt('key', key))
      this.#rollIndent('block-mapping-start', key, index)
      this.#keys[this.#keys.length - 1] = undefined
      this.#keysByNumber.delete(key.number)
      this.#keyAllowed = false
    } else {
      if (!inFlow) {
        if (!this.#keyAllowed)
          throw scannerError('mapping values are not allowed in this context', cursor, cursor)
        this.#rollIndent('block-mapping-start', cursor, this.#queue.length)
      }
      this.#keyAllowed = !inFlow
    }
    this.#take('value', 1)
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    const cursor = this.#cursor
    const required = this.#keys.length === 1 && this.#indent === cursor.column
    this.#dropKey()
    const key = {
      offset: cursor.offset,
      line: cursor.line,
      column: cursor.column,
      number: this.#taken + this.#queue.length - this.#head,
      required,
    }
    this.#keys[this.#keys.length - 1] = key
    this.#keysByNumber.set(key.number, key)
  }

  #dropKey(): void {
    const key = this.#keys[this.#keys.length - 1]
    if (key === undefined) return
    if (key.required) throw scannerError("could not find expected ':'", key, this.#cursor)
    this.#keys[this.#keys.length - 1] = undefined
    this.#keysByNumber.delete(key.number)
  }

  /** Opens a block at the column of `mark`, if it is deeper than the one around it. */
  #rollIndent(kind: TokenKind, mark: Mark, index: number): void {
    if (this.#keys.length > 1 || this.#indent >= mark.column) return
    this.#indents.push(this.#indent)
    this.#indent = mark.column
    if (this.#indents.length > deepest)
      throw scannerError(`exceeded max depth of ${deepest}`, mark, this.#cursor)
    this.#queue.splice(index, 0, tokenAt(kind, mark))
  }

  #unrollIndent(column: number): void {
    if (this.#keys.length > 1) return
    while (this.#indent > column) {
      this.#push('block-end', this.#cursor)
      this.#indent = this.#indents.pop() ?? -1
    }
  }

  #skipToToken(): void {
    const cursor = this.#cursor
    for (;;) {
      if (cursor.column === 0 && cursor.code() === 0xfeff) cursor.offset += 1
      // Tabs may separate, but not indent.
      const tabsToo = this.#keys.length > 1 || !this.#keyAllowed
      for (let code = cursor.code(); code === space || (code === tab && tabsToo); code = cursor.code())
        cursor.offset += 1
      if (cursor.code() === 0x23) while (!isBreakOrEnd(cursor.code())) cursor.offset += 1
      if (!isBreak(cursor.code())) return
      cursor.takeBreak()
      if (this.#keys.length === 1) this.#keyAllowed = true
    }
  }
}
