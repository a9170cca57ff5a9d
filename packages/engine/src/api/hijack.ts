import type { Socket } from 'node:net'
import type { Call } from './router.ts'
import { atLeast } from './version.ts'

/** A connection that has left HTTP: bytes both ways. */
export interface RawStream {
  readonly socket: Socket
  /** Resolves when the bytes may be followed by more; rejects when the client has gone. */
  write(data: Buffer): Promise<void>
  /** Says that nothing more comes. */
  end(): void
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal
}

/**
 * Takes the connection of a call: with 101 when the client asked for an upgrade, else with 200 and bytes until the end, as
 * clients before 1.22 did. A client that closes only its sending side has not gone.
 */
export const hijack = (call: Call, options: { readonly terminal: boolean }): RawStream => {
  const multiplexed = !options.terminal && atLeast(call.apiVersion, '1.42')
  const type = `application/vnd.docker.${multiplexed ? 'multiplexed' : 'raw'}-stream`
  const socket = call.upgrade?.socket ?? call.response.socket
  if (socket === null || socket.destroyed) throw clientGone()
  call.response.removeAllListeners('finish')
  call.response.detachSocket(socket)
  if (call.upgrade === undefined) leaveHttp(socket)
  socket.removeAllListeners('close')
  const gone = new AbortController()
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  socket.setNoDelay(true)
  socket.write(
    call.upgrade === undefined
      ? `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n\r\n`
      : `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
  )
  if (call.upgrade !== undefined && call.upgrade.head.length > 0) socket.unshift(call.upgrade.head)
  return {
    socket,
    gone: gone.signal,
    write: (data) => {
      if (socket.destroyed) return Promise.reject(clientGone())
      return socket.write(data) ? Promise.resolve() : drained(socket)
    },
    end: () => socket.end(),
  }
}

const clientGone = (): Error => new Error('the client has gone')

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle = (then: () => void) => () => {
      socket.off('drain', onDrain)
      socket.off('close', onClose)
      then()
    }
    const onDrain = settle(resolve)
    const onClose = settle(() => reject(clientGone()))
    socket.once('drain', onDrain)
    socket.once('close', onClose)
  })

/** The HTTP parser reads from the socket until its listeners are gone. */
const leaveHttp = (socket: Socket): void => {
  for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event)
  socket.pause()
}
