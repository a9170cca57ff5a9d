import type { LogRecord } from '../runtime/runtime.ts'

/** A whole line as Docker's log drivers keep it, with its newline; the last of a stream may lack it. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr'
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly data: Buffer
}

/** Docker cuts lines into pieces of this size. */
const longestPiece = 16 * 1024
const newline = 10

/** Cuts what was written into lines, each stream for itself. */
export class LineSplitter {
  readonly #open: Partial<Record<LogLine['stream'], { time: bigint; parts: Buffer[]; length: number }>> = {}

  /** The lines that this record completes. */
  push({ stream, time, data }: LogRecord): LogLine[] {
    const lines: LogLine[] = []
    let rest = data
    while (rest.length > 0) {
      const open = this.#open[stream]
      const room = longestPiece - (open?.length ?? 0)
      const found = rest.subarray(0, room).indexOf(newline)
      const end = found >= 0 ? found + 1 : Math.min(rest.length, room)
      const part = rest.subarray(0, end)
      rest = rest.subarray(end)
      if (found >= 0 || end === room) {
        delete this.#open[stream]
        lines.push(
          open === undefined
            ? { stream, time, data: part }
            : { stream, time: open.time, data: Buffer.concat([...open.parts, part]) },
        )
      } else if (open === undefined) this.#open[stream] = { time, parts: [part], length: part.length }
      else {
        open.parts.push(part)
        open.length += part.length
      }
    }
    return lines
  }

  /** What is left of each stream when nothing more comes, oldest first. */
  rest(): LogLine[] {
    return (['stdout', 'stderr'] as const)
      .flatMap((stream) => {
        const open = this.#open[stream]
        delete this.#open[stream]
        return open === undefined ? [] : [{ stream, time: open.time, data: Buffer.concat(open.parts) }]
      })
      .sort((a, b) => (a.time < b.time ? -1 : 1))
  }
}
