import { Readable } from 'node:stream'
import { ProtocolError } from '../protocol/frame.ts'
import { streamWindow } from '../protocol/wire.ts'

/** What arrives on one channel. It acknowledges what its reader has taken, so a slow reader slows the writer. */
export class Incoming extends Readable {
  readonly #acknowledge: (offset: bigint) => void
  readonly #chunks: Buffer[] = []
  #received = 0n
  #taken = 0n
  #acknowledged = 0n
  #ended = false
  #wanted = false

  constructor(acknowledge: (offset: bigint) => void) {
    super({ highWaterMark: 0 })
    this.#acknowledge = acknowledge
  }

  /** @throws ProtocolError when the offset skips bytes or the sender exceeds the window. */
  receive(offset: bigint, data: Buffer, isLast: boolean): void {
    if (this.#ended) return
    if (offset !== this.#received) throw new ProtocolError('a data frame does not follow the one before it')
    this.#received += BigInt(data.length)
    if (this.#received - this.#acknowledged > BigInt(streamWindow))
      throw new ProtocolError('more data than the window allows')
    this.#ended = isLast
    if (this.destroyed) {
      // Nobody will read on: let the writer run free instead of blocking it for ever.
      this.#taken = this.#received
      this.#sendAck()
      return
    }
    if (data.length > 0) this.#chunks.push(Buffer.from(data))
    if (this.#wanted) this._read()
  }

  /** The channel is gone: what has arrived can be read, then the stream ends. */
  cut(): void {
    this.#ended = true
    if (this.#wanted) this._read()
  }

  override _read(): void {
    const chunk = this.#chunks.shift()
    this.#wanted = chunk === undefined && !this.#ended
    if (chunk !== undefined) {
      this.#taken += BigInt(chunk.length)
      if (this.#taken - this.#acknowledged >= BigInt(streamWindow / 4)) this.#sendAck()
      this.push(chunk)
    } else if (this.#ended) this.push(null)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#chunks.length = 0
    if (!this.#ended && this.#received > this.#acknowledged) {
      this.#taken = this.#received
      this.#sendAck()
    }
    callback(error)
  }

  #sendAck(): void {
    this.#acknowledged = this.#taken
    this.#acknowledge(this.#taken)
  }
}
