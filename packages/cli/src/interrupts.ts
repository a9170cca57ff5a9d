/** SIGINT and SIGTERM as a command sees them. */
export interface Interrupts {
  /** Aborted at the first interrupt, unless a command handles them itself. */
  readonly signal: AbortSignal
  /** True after the first interrupt. */
  readonly happened: boolean
  /**
   * Hands every interrupt to `handler`, with how many there were, instead of ending the program; returns the way back.
   */
  handle(handler: (count: number, signal: NodeJS.Signals) => void): () => void
}

export class ProcessInterrupts implements Interrupts {
  readonly #controller = new AbortController()
  #count = 0
  #handler: ((count: number, signal: NodeJS.Signals) => void) | undefined
  readonly #end: () => void

  /** `end` is called for an interrupt that no command handles. */
  constructor(end: () => void) {
    this.#end = end
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => this.#interrupt(name))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get happened(): boolean {
    return this.#count > 0
  }

  handle(handler: (count: number, signal: NodeJS.Signals) => void): () => void {
    this.#handler = handler
    return () => {
      this.#handler = undefined
    }
  }

  #interrupt(name: NodeJS.Signals): void {
    this.#count += 1
    if (this.#handler !== undefined) {
      this.#handler(this.#count, name)
      return
    }
    this.#controller.abort()
    this.#end()
  }
}
