/** A part of the terminal at the cursor that is drawn again and again. */
export class Surface {
  readonly #write: (text: string) => void
  #drawn = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Replaces what was drawn. No line may be wider than the terminal. */
  draw(lines: readonly string[]): void {
    const body = lines.map((line) => `${line}\x1b[K\n`).join('')
    this.#write(`\x1b[?25l${this.#up()}${body}\x1b[J\x1b[?25h`)
    this.#drawn = lines.length
  }

  /** Writes text that stays, above what is drawn next. */
  print(text: string): void {
    this.#write(`${this.#up()}\x1b[J${text}`)
    this.#drawn = 0
  }

  /** What is drawn stays, and the next drawing begins below it. */
  keep(): void {
    this.#drawn = 0
  }

  #up(): string {
    return this.#drawn === 0 ? '\r' : `\x1b[${this.#drawn}A\r`
  }
}
