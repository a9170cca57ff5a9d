import { ProtocolError } from '../protocol/frame.ts'
import { maxPayload, streamWindow } from '../protocol/wire.ts'
import { AgentGone } from './agent-error.ts'

type Send = (offset: bigint, data: Buffer, isLast: boolean) => void

/** What goes out on one channel: never more in flight than the window, and known to be taken when acknowledged. */
export class Outgoing {
  readonly #send: Send
  #sent: bigint
  #taken: bigint
  #closed: Error | undefined
  #ended = false
  readonly #queue: { data: Buffer; resolve: () => void; reject: (error: Error) => void }[] = []
  readonly #waiting: { until: bigint; resolve: () => void; reject: (error: Error) => void }[] = []

  /** `taken` is what the agent already has, from an engine before this one. */
  constructor(send: Send, taken = 0n) {
    this.#send = send
    this.#sent = taken
    this.#taken = taken
  }

  /** Resolves when the other side has handed all of it on; rejects when it never will. */
  write(data: Buffer): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed)
    if (data.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#queue.push({ data, resolve, reject })
      this.#pump()
    })
  }

  /** Says that nothing follows what has been written. Idempotent. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#pump()
  }

  /** @throws ProtocolError for an offset that was never sent. */
  acknowledge(taken: bigint): void {
    if (taken > this.#sent || taken < this.#taken) throw new ProtocolError('an acknowledgement out of range')
    this.#taken = taken
    while (this.#waiting[0] !== undefined && this.#waiting[0].until <= taken) this.#waiting.shift()?.resolve()
    this.#pump()
  }

  /** Nobody reads any more. */
  close(error: Error = new AgentGone('nobody reads this input any more')): void {
    this.#closed ??= error
    for (const { reject } of [...this.#waiting.splice(0), ...this.#queue.splice(0)]) reject(error)
  }

  #pump(): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const room = streamWindow - Number(this.#sent - this.#taken)
      const size = Math.min(room, maxPayload - 8, first.data.length)
      if (size === 0) return
      this.#send(this.#sent, first.data.subarray(0, size), false)
      this.#sent += BigInt(size)
      if (size === first.data.length) {
        this.#queue.shift()
        this.#waiting.push({ until: this.#sent, resolve: first.resolve, reject: first.reject })
      } else first.data = first.data.subarray(size)
    }
    if (this.#ended && this.#closed === undefined) {
      this.#send(this.#sent, Buffer.alloc(0), true)
      this.#closed = new AgentGone('this input has been closed')
    }
  }
}
