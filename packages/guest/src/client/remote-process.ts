import type { Frame } from '../protocol/frame.ts'
import { ProtocolError } from '../protocol/frame.ts'
import { ItemReader } from '../protocol/items.ts'
import { channel, flag, message, tag } from '../protocol/wire.ts'
import { AgentGone, readAgentError } from './agent-error.ts'
import type { Connection } from './connection.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'

/**
 * A conversation with something that runs in the guest and has standard streams: a process, or the reading and writing of
 * files. Payloads: `reply` when it runs, `data` both ways, `exit` at its end.
 */
export class RemoteProcess {
  readonly stream: number
  readonly stdin: Outgoing
  readonly stdout: Incoming
  readonly stderr: Incoming
  /** The answer to the request; rejects when it could not be started. */
  readonly started: Promise<ItemReader>
  /** What it ended with; rejects when the channel closes before. */
  readonly exited: Promise<ItemReader>
  readonly #connection: Connection
  #resolveStarted: (items: ItemReader) => void = () => {}
  #resolveExited: (items: ItemReader) => void = () => {}
  #reject: ((error: Error) => void)[] = []

  constructor(connection: Connection, type: number, request: Buffer) {
    this.#connection = connection
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve
      this.#reject.push(reject)
    })
    this.exited = new Promise((resolve, reject) => {
      this.#resolveExited = resolve
      this.#reject.push(reject)
    })
    // Whoever cares awaits them; a rejection that nobody waits for is no fault.
    this.exited.catch(() => {})
    this.stream = connection.begin({
      receive: (frame) => this.#receive(frame),
      gone: (error) => this.#gone(error),
    })
    this.stdin = new Outgoing((offset, data, isLast) =>
      connection.send({
        type: message.data,
        stream: this.stream,
        channel: channel.stdin,
        flags: isLast ? flag.end : 0,
        payload: dataPayload(offset, data),
      }),
    )
    this.stdout = this.#incoming(channel.stdout)
    this.stderr = this.#incoming(channel.stderr)
    connection.sendLong(type, this.stream, request)
  }

  /** Ends it without waiting; `exited` still tells how. */
  abandon(): void {
    this.#connection.send({ type: message.forget, stream: this.stream })
  }

  #incoming(number: number): Incoming {
    return new Incoming((taken) =>
      this.#connection.send({
        type: message.ack,
        stream: this.stream,
        channel: number,
        payload: ackPayload(taken),
      }),
    )
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case message.reply:
        this.#resolveStarted(new ItemReader(frame.payload))
        break
      case message.error:
        this.#connection.finish(this.stream)
        this.#gone(readAgentError(frame.payload))
        break
      case message.data:
        this.#receiveData(frame)
        break
      case message.ack:
        this.stdin.acknowledge(readOffset(frame.payload))
        break
      case message.exit:
        // Sent after the last data: the agent has forgotten this conversation.
        this.#connection.finish(this.stream)
        this.stdin.close()
        for (const output of [this.stdout, this.stderr]) output.cut()
        this.#resolveExited(new ItemReader(frame.payload))
        break
      default:
        throw new ProtocolError(`unexpected frame of type ${frame.type}`)
    }
  }

  #receiveData(frame: Frame): void {
    const output = frame.channel === channel.stdout ? this.stdout : this.stderr
    output.receive(readOffset(frame.payload), frame.payload.subarray(8), (frame.flags & flag.end) !== 0)
  }

  #gone(error: Error): void {
    for (const reject of this.#reject) reject(error)
    this.stdin.close(error instanceof AgentGone ? error : undefined)
    for (const output of [this.stdout, this.stderr]) output.cut()
  }
}

export const dataPayload = (offset: bigint, data: Buffer): Buffer => {
  const payload = Buffer.allocUnsafe(8 + data.length)
  payload.writeBigUInt64LE(offset)
  data.copy(payload, 8)
  return payload
}

export const ackPayload = (taken: bigint): Buffer => {
  const payload = Buffer.allocUnsafe(8)
  payload.writeBigUInt64LE(taken)
  return payload
}

/** @throws ProtocolError */
export const readOffset = (payload: Buffer): bigint => {
  if (payload.length < 8) throw new ProtocolError('a frame without its offset')
  return payload.readBigUInt64LE()
}

/** How the container's process, an exec'd one or a file operation ended. */
export interface RemoteExit {
  readonly code: number
  readonly oomKilled: boolean
  /** Of a file operation that failed amid its work. */
  readonly error?: string
}

export const readExit = (items: ItemReader): RemoteExit => {
  const error = items.string(tag.value)
  return {
    code: (items.number(tag.exitCode) ?? 255) & 255,
    oomKilled: items.number(tag.oomKilled) === 1,
    ...(error === undefined ? {} : { error }),
  }
}
