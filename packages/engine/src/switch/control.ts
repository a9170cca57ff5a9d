import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { SwitchResult } from './switch.ts'

/**
 * What the engine asks of the switch process, one JSON object a line. The state itself goes by the document, so that it is
 * there for a switch process that starts again without an engine.
 */
export type ControlRequest =
  | { readonly id: number; readonly method: 'hello' }
  /** Apply the document, which has this generation (or a later one). */
  | { readonly id: number; readonly method: 'apply'; readonly generation: string }
  /** Close every socket and listener, end egress, and end. The namespace stays, and the links in it. */
  | { readonly id: number; readonly method: 'stop' }

export interface ControlAnswer {
  readonly id: number
  readonly hello?: { readonly protocol: number; readonly pid: number }
  readonly applied?: SwitchResult
  readonly error?: string
}

/** Raised when a request or the document changes its meaning: an engine replaces a switch process of another number. */
export const controlProtocol = 1

/** The connection went away before the answer: the switch process ended. */
export class SwitchGone extends Error {
  override readonly name = 'SwitchGone'
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** The engine's end of the control socket. */
export class ControlConnection {
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #waiting = new Map<number, (answer: ControlAnswer | undefined) => void>()
  #lastId = 0

  /** Rejects with the system's error when nobody listens. */
  static async open(path: string): Promise<ControlConnection> {
    const socket = connect(path)
    await once(socket, 'connect')
    return new ControlConnection(socket)
  }

  private constructor(socket: Socket) {
    this.#socket = socket
    // Only a request that waits for its answer keeps the engine alive.
    socket.unref()
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    // readline hands the socket's errors on, and 'close' tells all there is to know.
    const lines = createInterface({ input: socket }).on('error', () => {})
    lines.on('line', (line) => {
      const answer = JSON.parse(line) as ControlAnswer
      this.#waiting.get(answer.id)?.(answer)
    })
    socket.once('close', () => {
      for (const settle of this.#waiting.values()) settle(undefined)
    })
  }

  /** @throws SwitchGone; Error with what the switch process says. */
  async request(request: Unnumbered<ControlRequest>): Promise<ControlAnswer> {
    const id = ++this.#lastId
    const answered = new Promise<ControlAnswer | undefined>((resolve) => this.#waiting.set(id, resolve))
    if (this.#socket.destroyed) throw new SwitchGone('the switch process has ended')
    this.#socket.ref()
    this.#socket.write(`${JSON.stringify({ id, ...request })}\n`)
    const answer = await answered
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#socket.unref()
    if (answer === undefined) throw new SwitchGone('the switch process ended before it answered')
    if (answer.error !== undefined) throw new Error(`switch: ${answer.error}`)
    return answer
  }

  close(): void {
    this.#socket.destroy()
  }
}
