import type { Socket } from 'node:net'
import { PassThrough, type Readable } from 'node:stream'
import { parseJson, readJson } from './answer.ts'
import { drained } from './drained.ts'
import { badParameter } from './errors.ts'
import type { Call } from './router.ts'
import { atLeast } from './version.ts'

/** A connection that has left HTTP: bytes both ways. */
export interface RawStream {
  /** What the client sends. */
  readonly input: Readable
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
  socket.removeAllListeners('close')
  const input = call.upgrade === undefined ? leaveHttp(socket) : socket
  const gone = new AbortController()
  socket.on('error', () => socket.destroy())
  socket.on('close', () => gone.abort())
  socket.setNoDelay(true)
  socket.write(
    call.upgrade === undefined
      ? 'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n'
      : `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
  )
  if (call.upgrade !== undefined && call.upgrade.head.length > 0) socket.unshift(call.upgrade.head)
  return {
    input,
    gone: gone.signal,
    write: async (data) => {
      if (!socket.destroyed && !socket.write(data)) await drained(socket)
      if (socket.destroyed) throw clientGone()
    },
    end: () => socket.end(),
  }
}

const clientGone = (): Error => new Error('the client has gone')

/**
 * The HTTP parser reads from the socket's handle itself until somebody else listens for data (Node.js, lib/_http_server.js). So
 * somebody does from now on, and what comes is kept for whoever reads.
 */
const leaveHttp = (socket: Socket): Readable => {
  for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event)
  const input = new PassThrough()
  socket.on('data', (data: Buffer) => {
    if (input.write(data)) return
    socket.pause()
    input.once('drain', () => socket.resume())
  })
  socket.on('end', () => input.end())
  socket.on('close', () => input.end())
  return input
}

const longestBody = 1024 * 1024

/**
 * The body of a call whose connection is about to be taken over. With `Upgrade` the body has not been parsed as one: it is what
 * came after the head.
 */
export const readHijackedJson = async (call: Call): Promise<Record<string, unknown>> => {
  const { upgrade, request } = call
  const length = Number(request.headers['content-length'] ?? 0)
  if (upgrade === undefined) return length > 0 ? readJson(request) : {}
  if (length === 0) return {}
  if (length > longestBody) throw badParameter('request body too large')
  const { socket } = upgrade
  if (upgrade.head.length > 0) socket.unshift(upgrade.head)
  const body = await readExactly(socket, length)
  upgrade.head = Buffer.alloc(0)
  return parseJson(body)
}

const readExactly = (socket: NonNullable<Call['upgrade']>['socket'], length: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const attempt = () => {
      const body: Buffer | null = socket.read(length)
      if (body === null) return
      socket.off('readable', attempt)
      socket.off('close', closed)
      resolve(body)
    }
    const closed = () => reject(new Error('the client has gone'))
    socket.on('readable', attempt)
    socket.on('close', closed)
    attempt()
  })
