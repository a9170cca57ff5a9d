import type { Readable } from 'node:stream'
import type { LogsQuery } from '../client/containers.ts'
import { isNotFound } from '../client/engine-error.ts'
import type { ActionContext } from './context.ts'
import { readLines } from './lines.ts'

/** The output of several containers told as events, at most one stream for each container at a time. */
export class LogStreams {
  readonly #context: ActionContext
  readonly #signal: AbortSignal
  readonly #open = new Map<string, Promise<void>>()

  /** `signal` ends all streams. */
  constructor(context: ActionContext, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
  }

  /** Resolves when the container's present stream has ended; at once when it has none. */
  ended(name: string): Promise<void> {
    return this.#open.get(name) ?? Promise.resolve()
  }

  /** Resolves when all have ended. */
  async allEnded(): Promise<void> {
    await Promise.all(this.#open.values())
  }

  /** Output from now on, before the container has started. Resolves when the engine is attached. */
  async attach(name: string, { tty }: { readonly tty: boolean }): Promise<void> {
    const stream = await this.#context.client.containers.attach(name, { stdin: false })
    this.#signal.addEventListener('abort', () => stream.destroy(), { once: true })
    this.#tell(name, stream, { tty })
  }

  /** Output that the log holds, and what follows if asked. */
  async read(name: string, query: LogsQuery, { tty }: { readonly tty: boolean }): Promise<void> {
    const stream = await this.#context.client.containers.logs(name, query, this.#signal)
    this.#tell(name, stream, { tty })
  }

  /** Output of the run that has just begun, from its beginning. */
  async readNewRun(name: string): Promise<void> {
    try {
      const { State, Config } = await this.#context.client.containers.inspect(name)
      await this.read(name, { follow: true, since: unixTime(State.StartedAt) }, { tty: Config.Tty })
    } catch (error) {
      // It may have been removed in the meantime.
      if (!isNotFound(error)) throw error
    }
  }

  #tell(name: string, stream: Readable, options: { readonly tty: boolean }): void {
    const { emit } = this.#context
    const done = (async () => {
      try {
        for await (const { stream: from, text } of readLines(stream, options))
          emit({ type: 'log', container: name, stream: from, line: text })
      } catch (error) {
        if (!this.#signal.aborted) throw error
      } finally {
        this.#open.delete(name)
      }
    })()
    // Whoever waits hears of a failure; when nobody does, the stream has just ended early.
    done.catch(() => {})
    this.#open.set(name, done)
  }
}

/** Seconds and nanoseconds, the form of `since` that loses nothing. */
const unixTime = (rfc3339: string): string => {
  const seconds = Math.floor(Date.parse(rfc3339) / 1000)
  const nanoseconds = (/\.(\d+)/.exec(rfc3339)?.[1] ?? '0').padEnd(9, '0').slice(0, 9)
  return `${seconds}.${nanoseconds}`
}
