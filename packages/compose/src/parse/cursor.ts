import { carriageReturn, isBreak, lineFeed } from './characters.ts'
import type { Mark } from './yaml-error.ts'

/** A position that walks through a text and knows its line and column. */
export class Cursor implements Mark {
  readonly text: string
  offset = 0
  line = 0
  /** Offset of the first character of the line. */
  lineStart = 0

  constructor(text: string) {
    this.text = text
  }

  get column(): number {
    return this.offset - this.lineStart
  }

  mark(): Mark {
    return { offset: this.offset, line: this.line, column: this.offset - this.lineStart }
  }

  /** The code of the character `ahead` of here, NaN past the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.offset + ahead)
  }

  /** Steps over a line break, if there is one, and gives what a scalar keeps of it. */
  takeBreak(): string {
    const code = this.text.charCodeAt(this.offset)
    if (!isBreak(code)) return ''
    this.offset += code === carriageReturn && this.text.charCodeAt(this.offset + 1) === lineFeed ? 2 : 1
    this.line += 1
    this.lineStart = this.offset
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n'
  }

  /** True at `---` or `...` that stands alone at the beginning of a line. */
  atDocumentIndicator(): boolean {
    if (this.offset !== this.lineStart) return false
    const code = this.text.charCodeAt(this.offset)
    if (code !== 0x2d && code !== 0x2e) return false
    return (
      this.text.charCodeAt(this.offset + 1) === code &&
      this.text.charCodeAt(this.offset + 2) === code &&
      /^[ \t\r\n\x85\u2028\u2029]?$/.test(this.text.slice(this.offset + 3, this.offset + 4))
    )
  }
}
