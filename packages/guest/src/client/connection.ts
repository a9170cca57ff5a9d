import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { encodeFrame, type Frame, FrameParser, ProtocolError } from '../protocol/frame.ts'
import { bytesItem, ItemReader } from '../protocol/items.ts'
import { flag, maxFrame, maxPayload, message, tag } from '../protocol/wire.ts'
import { AgentGone, readAgentError } from './agent-error.ts'

/** One conversation's end on this side. */
export interface Conversation {
  readonly receive: (frame: Frame) => void
  /** The channel closed; nothing will be received any more. */
  readonly gone: (error: Error) => void
}

/** The framed channel: numbers conversations, hands each frame to its conversation, closes on nonsense. */
export class Connection {
  readonly #socket: Duplex
  readonly #conversations = new Map<number, Conversation>()
  #lastStream = 1
  #closed: Error | undefined

  private constructor(socket: Duplex) {
    this.#socket = socket
  }

  /**
   * Says hello and resolves with what `welcome` makes of the agent's answer. `welcome` runs before any frame behind the answer is
   * handed on, so what it listens to loses none. `takeOver`: another engine may have died amid a frame; then a frame's worth of
   * zeros goes first, which brings the agent back in step.
   */
  static open<T>(
    socket: Duplex,
    { takeOver, signal }: { readonly takeOver: boolean; readonly signal?: AbortSignal | undefined },
    welcome: (connection: Connection, hello: ItemReader) => T,
  ): Promise<T> {
    const connection = new Connection(socket)
    const nonce = randomBytes(16)
    const abort = (): void => connection.close(new AgentGone('the agent did not answer in time'))
    const welcomed = new Promise<T>((resolve, reject) => {
      connection.listen(0, {
        gone: reject,
        receive: ({ payload }) => {
          connection.finish(0)
          const hello = new ItemReader(payload)
          connection.#lastStream = Math.max(1, hello.number(tag.lastStream) ?? 1)
          resolve(welcome(connection, hello))
        },
      })
    })
    connection.#read(new FrameParser((frame) => answersHello(frame, nonce)))
    if (takeOver) socket.write(Buffer.alloc(maxFrame))
    socket.write(encodeFrame({ type: message.hello, stream: 0, payload: bytesItem(tag.nonce, nonce) }))
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    return welcomed.finally(() => signal?.removeEventListener('abort', abort))
  }

  #read(parser: FrameParser): void {
    this.#socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of parser.push(chunk)) this.#conversations.get(frame.stream)?.receive(frame)
      } catch (error) {
        this.close(error instanceof Error ? error : new ProtocolError(String(error)))
      }
    })
    this.#socket.on('error', (error) => this.close(new AgentGone(error.message, { cause: error })))
    this.#socket.on('close', () => this.close(new AgentGone('the channel to the agent closed')))
    this.#socket.on('end', () => this.close(new AgentGone('the channel to the agent ended')))
  }

  /** A new conversation's number; from now on its frames are received. */
  begin(conversation: Conversation): number {
    this.#lastStream += 1
    this.listen(this.#lastStream, conversation)
    return this.#lastStream
  }

  /** Joins the conversation of a known number. */
  listen(stream: number, conversation: Conversation): void {
    if (this.#closed === undefined) this.#conversations.set(stream, conversation)
    else conversation.gone(this.#closed)
  }

  finish(stream: number): void {
    this.#conversations.delete(stream)
  }

  send(frame: Partial<Frame> & Pick<Frame, 'type' | 'stream'>): void {
    if (this.#closed === undefined) this.#socket.write(encodeFrame(frame))
  }

  /** A description of any size, cut into frames. */
  sendLong(type: number, stream: number, payload: Buffer): void {
    for (let at = 0; at === 0 || at < payload.length; at += maxPayload) {
      const more = at + maxPayload < payload.length
      this.send({ type, stream, flags: more ? flag.more : 0, payload: payload.subarray(at, at + maxPayload) })
    }
  }

  /** Sends a request and resolves with the payload of its reply. Rejects with AgentError or AgentGone. */
  request(type: number, payload: Buffer): Promise<ItemReader> {
    return new Promise((resolve, reject) => {
      const stream = this.begin({
        receive: (frame) => {
          this.finish(stream)
          if (frame.type === message.reply) resolve(new ItemReader(frame.payload))
          else reject(readAgentError(frame.payload))
        },
        gone: reject,
      })
      this.sendLong(type, stream, payload)
    })
  }

  close(error: Error = new AgentGone('the channel to the agent was closed')): void {
    if (this.#closed !== undefined) return
    this.#closed = error
    this.#socket.destroy()
    for (const { gone } of this.#conversations.values()) gone(error)
    this.#conversations.clear()
  }
}

const answersHello = (frame: Frame, nonce: Buffer): boolean => {
  if (frame.type !== message.reply || frame.stream !== 0) return false
  try {
    return new ItemReader(frame.payload).bytes(tag.nonce)?.equals(nonce) ?? false
  } catch {
    return false
  }
}
