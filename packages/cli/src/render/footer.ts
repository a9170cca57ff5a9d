/** What a footer needs of a terminal. */
export interface FooterScreen {
  write(text: string): unknown
  /** Undefined: not known. */
  readonly columns?: number | undefined
}

/**
 * A line that stays below all that is written to a terminal: taken away before each text and drawn again behind it. Texts end with
 * a newline.
 */
export class Footer {
  readonly #screen: FooterScreen
  #line = ''

  constructor(screen: FooterScreen) {
    this.#screen = screen
  }

  /** Draws the line in the place of the one before. It may have colours; what does not fit is cut off. Empty: none. */
  show(line: string): void {
    this.#screen.write(this.#line === '' && line === '' ? '' : `${clear}${this.#fitting(line)}`)
    this.#line = line
  }

  hide(): void {
    this.show('')
  }

  /** Draws it anew, in a terminal that has changed. */
  redraw(): void {
    this.show(this.#line)
  }

  /** Writes a text to this very terminal above the line. */
  above(text: string): void {
    this.#screen.write(this.#line === '' ? text : `${clear}${text}${this.#fitting(this.#line)}`)
  }

  /** Lets something else write to the terminal above the line. */
  aside<Result>(write: () => Result): Result {
    if (this.#line === '') return write()
    this.#screen.write(clear)
    try {
      return write()
    } finally {
      this.#screen.write(this.#fitting(this.#line))
    }
  }

  /** A full line would wrap, and only its second half be cleared. */
  #fitting(line: string): string {
    let room = (this.#screen.columns ?? 80) - 1
    return line.replace(controlOrText, (part) => {
      if (part.startsWith('\x1b')) return part
      const shown = [...part].slice(0, room).join('')
      room -= shown.length
      return shown
    })
  }
}

const clear = '\r\x1b[K'
const controlOrText = /\x1b\[[0-9;]*m|[^\x1b]+/g
