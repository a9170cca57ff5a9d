import { isIP } from 'node:net'
import { checkInteger, checkString } from './arguments.ts'
import { binding, type ForwarderHandle } from './binding.ts'

export interface ForwardTarget {
  /** A numeric address inside the namespace. */
  readonly address: string
  readonly port: number
}

/**
 * Carries TCP connections and datagrams from sockets outside to targets inside a network namespace, on a thread that lives
 * there. No byte passes through JavaScript.
 *
 * TCP goes by splice(2), with back-pressure; the end of one direction is passed on alone. A target that refuses resets the
 * client. Datagrams have a flow for each client, forgotten after 90 seconds of silence.
 */
export class Forwarder {
  readonly #handle: ForwarderHandle
  #isOpen = true

  /** @throws SystemError when the namespace cannot be entered. */
  static async open(netnsPath: string): Promise<Forwarder> {
    return new Forwarder(await binding().createForwarder(checkString('netnsPath', netnsPath)))
  }

  private constructor(handle: ForwarderHandle) {
    this.#handle = handle
  }

  /**
   * Serves a listener (`stream`) or bound socket (`datagram`), whose descriptor is taken over.
   *
   * @returns What `remove` takes.
   */
  async add(fd: number, type: 'stream' | 'datagram', { address, port }: ForwardTarget): Promise<number> {
    const family = isIP(address)
    if (family === 0) throw new TypeError(`Expected an IP address for \`address\`, received ${address}`)
    checkInteger('port', port, 1, 65535)
    checkInteger('fd', fd, 0, Number.MAX_SAFE_INTEGER)
    return binding().addForward(this.#opened(), fd, type === 'stream', family === 6, address, port)
  }

  /** Closes the socket and resets the connections that came by it. Idempotent. */
  async remove(id: number): Promise<void> {
    await binding().removeForward(this.#opened(), checkInteger('id', id, 1, 2 ** 32 - 1))
  }

  /** Ends the thread with all that it serves. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await binding().closeForwarder(this.#handle)
  }

  #opened(): ForwarderHandle {
    if (!this.#isOpen) throw new Error('the forwarder is closed')
    return this.#handle
  }
}
