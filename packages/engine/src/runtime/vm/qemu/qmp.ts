import { EventEmitter } from 'node:events'
import { Socket } from 'node:net'
import { deferred } from '@container-compose/core'
import { connectUnix, sendDescriptor } from '@container-compose/native'

/** QEMU refused a command. `errorClass` is `GenericError`, `CommandNotFound` … (QMP specification, section 2.4.2). */
export class QmpError extends Error {
  override readonly name = 'QmpError'
  readonly errorClass: string
  constructor(command: string, errorClass: string, description: string) {
    super(`QMP ${command}: ${description}`)
    this.errorClass = errorClass
  }
}

export interface QmpEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A descriptor that QEMU holds. */
export interface DescriptorSet {
  readonly set: number
  /** What opens it, in place of a file's path. */
  readonly path: string
}

interface Pending {
  readonly command: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/** A line of QMP is at most a few kilobytes; more is not QEMU that speaks. */
const longestLine = 4 * 1024 * 1024

/**
 * A connection to QEMU's monitor. Emits `event` (QmpEvent) and `close`. Every command has a deadline; when the connection goes,
 * all that is open rejects.
 */
export class Qmp extends EventEmitter<{ event: [QmpEvent]; close: [] }> {
  readonly #socket: Socket
  readonly #fd: number
  readonly #pending = new Map<number, Pending>()
  readonly #greeting = deferred<void>()
  #text = ''
  #nextId = 1
  #closed = false

  private constructor(fd: number) {
    super()
    const socket = new Socket({ fd, readable: true, writable: true })
    this.#fd = fd
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#receive(text))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
    this.#greeting.promise.catch(() => {}) // `connect` may have given up already
  }

  /** Connects, waits for the greeting and negotiates. */
  static async connect(path: string, timeoutMs: number): Promise<Qmp> {
    const qmp = new Qmp(connectUnix(path))
    const timer = setTimeout(() => qmp.#socket.destroy(), timeoutMs)
    try {
      await qmp.#greeting.promise
      await qmp.execute('qmp_capabilities')
      return qmp
    } finally {
      clearTimeout(timer)
    }
  }

  async execute(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    timeoutMs = 10_000,
  ): Promise<unknown> {
    return this.#request(command, args, timeoutMs, (line) => this.#socket.write(line))
  }

  /** Gives QEMU a descriptor, which stays the caller's to close. To be awaited before anything else is asked. */
  async addDescriptor(fd: number): Promise<DescriptorSet> {
    const added = await this.#request('add-fd', {}, 10_000, (line) =>
      sendDescriptor(this.#fd, Buffer.from(line), fd),
    )
    const set = (added as { readonly 'fdset-id': number })['fdset-id']
    return { set, path: `/dev/fdset/${set}` }
  }

  async #request(
    command: string,
    args: Readonly<Record<string, unknown>>,
    timeoutMs: number,
    send: (line: string) => void,
  ): Promise<unknown> {
    if (this.#closed) throw new Error(`QMP ${command}: QEMU is gone`)
    const id = this.#nextId++
    const { promise, resolve, reject } = deferred<unknown>()
    const timer = setTimeout(() => {
      this.#pending.delete(id)
      reject(new Error(`QMP ${command}: no answer in ${timeoutMs} ms`))
    }, timeoutMs)
    this.#pending.set(id, { command, resolve, reject, timer })
    // QEMU reads its monitor byte by byte, at 5 µs each: nothing is said that need not be.
    const isBare = Object.keys(args).length === 0
    send(`${JSON.stringify({ execute: command, ...(isBare ? {} : { arguments: args }), id })}\n`)
    return promise
  }

  /** Resolves with the first event from now on that fits; ask before the command that causes it. */
  async waitFor(fits: (event: QmpEvent) => boolean, timeoutMs: number): Promise<QmpEvent> {
    const { promise, resolve, reject } = deferred<QmpEvent>()
    const onEvent = (event: QmpEvent): void => {
      if (fits(event)) resolve(event)
    }
    const onClose = (): void => reject(new Error('QMP: QEMU is gone'))
    const timer = setTimeout(() => reject(new Error(`QMP: no event in ${timeoutMs} ms`)), timeoutMs)
    this.on('event', onEvent).on('close', onClose)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.off('event', onEvent).off('close', onClose)
    }
  }

  /** QEMU goes on; it takes the next connection when this one has ended. */
  close(): void {
    this.#socket.destroy()
    this.#end()
  }

  #receive(text: string): void {
    this.#text += text
    const lines = this.#text.split('\n')
    this.#text = lines.pop() ?? ''
    if (this.#text.length > longestLine) this.#socket.destroy()
    for (const line of lines) if (line.trim() !== '') this.#message(JSON.parse(line) as QmpMessage)
  }

  #message(message: QmpMessage): void {
    if (message.QMP !== undefined) {
      this.#greeting.resolve()
      return
    }
    if (message.event !== undefined) {
      this.emit('event', { event: message.event, data: message.data ?? {} })
      return
    }
    const pending = this.#pending.get(message.id ?? -1)
    if (pending === undefined) return
    this.#pending.delete(message.id ?? -1)
    clearTimeout(pending.timer)
    if (message.error === undefined) pending.resolve(message.return)
    else pending.reject(new QmpError(pending.command, message.error.class, message.error.desc))
  }

  #end(): void {
    if (this.#closed) return
    this.#closed = true
    this.#greeting.reject(new Error('QMP: QEMU is gone'))
    for (const { command, reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(new Error(`QMP ${command}: QEMU is gone`))
    }
    this.#pending.clear()
    this.emit('close')
  }
}

interface QmpMessage {
  readonly QMP?: unknown
  readonly event?: string
  readonly data?: Readonly<Record<string, unknown>>
  readonly id?: number
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
}
