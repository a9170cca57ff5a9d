import type { ComposeEvent } from '@container-compose/orchestrator'

export interface LogStyle {
  readonly project: string
  /** Whether each line begins with the container's name. */
  readonly prefix: boolean
  readonly colours: boolean
  /** Adds the client's time to each line. */
  readonly timestamp?: (() => string) | undefined
  /** Whether a container's stderr goes to our stdout too, as `logs` does. */
  readonly merge: boolean
}

interface Outputs {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

/**
 * Prints containers' lines behind their names. The column grows as containers first speak; each gets a colour in the order of
 * its first line.
 */
export class LogPrinter {
  readonly #style: LogStyle
  readonly #outputs: Outputs
  readonly #colours = new Map<string, string>()
  #width = 0

  constructor(style: LogStyle, outputs: Outputs) {
    this.#style = style
    this.#outputs = outputs
  }

  hear(event: ComposeEvent): void {
    if (event.type === 'log') this.#line(event)
    if (event.type === 'watch') this.watch(event.message)
    if (event.type === 'exit') {
      const { code, restarting } = event
      this.status(event.container, `exited with code ${code}${restarting ? ' (restarting)' : ''}`)
    }
  }

  /** A line about a container: without the bar, over whatever stood in the line. */
  status(container: string, message: string): void {
    const text = `${this.shortName(container)} ${message}`
    this.#outputs.stdout(`\r\x1b[K${this.#style.colours ? this.#paint(container, text) : text}\n`)
  }

  /** What watching says, beside the column of the containers, which from then on is as wide as its name in the reference. */
  watch(message: string): void {
    const { prefix, timestamp } = this.#style
    this.#width = Math.max(this.#width, '#watch'.length)
    const mark = prefix ? `\x1b[92m${' '.repeat(this.#width + 1)} ⦿ \x1b[0m` : ''
    const time = timestamp === undefined ? '' : `${timestamp()} `
    for (const line of message.split('\n')) this.#outputs.stdout(`${mark}${time}${line}\n`)
  }

  /** The container's name without the project's, `web-1`. */
  shortName(container: string): string {
    const start = `${this.#style.project}-`
    return container.startsWith(start) ? container.slice(start.length) : container
  }

  #line({ container, stream, line }: Extract<ComposeEvent, { type: 'log' }>): void {
    const { prefix, merge, timestamp } = this.#style
    const output = stream === 'stderr' && !merge ? this.#outputs.stderr : this.#outputs.stdout
    const time = timestamp === undefined ? '' : `${timestamp()} `
    output(`${prefix ? this.#prefix(container) : ''}${time}${line}\n`)
  }

  #prefix(container: string): string {
    const name = this.shortName(container)
    this.#width = Math.max(this.#width, name.length)
    const text = `${name.padEnd(this.#width + 1)} | `
    return this.#style.colours ? this.#paint(container, text) : text
  }

  #paint(container: string, text: string): string {
    const colour = this.#colours.get(container) ?? (palette[this.#colours.size % palette.length] as string)
    this.#colours.set(container, colour)
    return `\x1b[${colour}m${text}\x1b[0m`
  }
}

const base = ['36', '33', '32', '35', '34']
const palette = [...base, ...base.map((colour) => `${colour};1`)]
