import type { SourceLocation } from '@container-compose/core'

/** A file that was read, to show places in it. */
export class Source {
  /** Absolute, `-` for standard input. */
  readonly file: string
  readonly text: string
  #lineStarts: number[] | undefined

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  locate(offset: number): SourceLocation {
    this.#lineStarts ??= findLineStarts(this.text)
    const starts = this.#lineStarts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] as number) <= offset) low = middle
      else high = middle - 1
    }
    const start = starts[low] as number
    const end = starts[low + 1] ?? this.text.length
    const excerpt = this.text.slice(start, end).replace(/\r?\n$|\r$/, '')
    return { file: this.file, line: low + 1, column: offset - start + 1, excerpt: excerpt.slice(0, 400) }
  }
}

const findLineStarts = (text: string): number[] => {
  const starts = [0]
  for (const { index, 0: lineBreak } of text.matchAll(/\r\n|[\n\r\x85\u2028\u2029]/g))
    starts.push(index + lineBreak.length)
  return starts
}
