import { createSocket, type Socket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { isReplyTo, rcodeOf, rcodes } from './message.ts'

export interface Upstream {
  readonly address: string
  readonly port: number
}

/** Reads `1.2.3.4`, `1.2.3.4:5353`, `fd00::1` or `[fd00::1]:53`. */
export const parseUpstream = (text: string): Upstream => {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text)
  if (bracketed) return { address: bracketed[1] ?? '', port: Number(bracketed[2] ?? 53) }
  if (isIPv6(text)) return { address: text, port: 53 }
  const [address = '', port = '53'] = text.split(':')
  return { address, port: Number(port) }
}

/** The servers that a resolv.conf(5) names, in its order. */
export const upstreamsOfResolvConf = (text: string): Upstream[] =>
  [...text.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map(([, address = '']) => ({ address, port: 53 }))

export type Exchange = (query: Buffer, upstream: Upstream, timeoutMs: number) => Promise<Buffer>

/**
 * Asks the servers in turn, each for two seconds, and gives the first answer that is not a failure of the server; else the
 * failure; undefined when nobody answered.
 */
export const askUpstreams = async (
  query: Buffer,
  upstreams: readonly Upstream[],
  exchangeWith: (upstream: Upstream) => Exchange | undefined,
): Promise<Buffer | undefined> => {
  let failure: Buffer | undefined
  for (const upstream of upstreams) {
    const reply = await exchangeWith(upstream)?.(query, upstream, 2_000).catch(() => undefined)
    if (reply === undefined) continue
    const rcode = rcodeOf(reply)
    if (rcode !== rcodes.SERVFAIL && rcode !== rcodes.REFUSED) return reply
    failure ??= reply
  }
  return failure
}

/** By UDP, from a port of its own: that, the id and the question must all be guessed by whoever would forge an answer. */
export const exchangeUdp: Exchange = (query, upstream, timeoutMs) =>
  exchangeOn(
    createSocket(isIPv6(upstream.address.split('%')[0] ?? '') ? 'udp6' : 'udp4'),
    query,
    upstream,
    timeoutMs,
  )

/** By UDP on a socket that was bound elsewhere, whose descriptor is taken over: the question leaves from there. */
export const exchangeFrom =
  (bind: (upstream: Upstream) => Promise<number>): Exchange =>
  async (query, upstream, timeoutMs) => {
    const socket = createSocket(isIPv6(upstream.address) ? 'udp6' : 'udp4')
    socket.bind({ fd: await bind(upstream), exclusive: true })
    return exchangeOn(socket, query, upstream, timeoutMs)
  }

const exchangeOn = (
  socket: Socket,
  query: Buffer,
  { address, port }: Upstream,
  timeoutMs: number,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const finish = (error: Error | undefined, reply?: Buffer): void => {
      clearTimeout(timer)
      socket.removeAllListeners().on('error', () => {})
      socket.close()
      if (reply) resolve(reply)
      else reject(error)
    }
    const timer = setTimeout(() => finish(new Error(`no answer from ${address}`)), timeoutMs)
    socket.on('error', finish)
    socket.on('message', (reply) => {
      if (isReplyTo(query, reply)) finish(undefined, reply)
    })
    // As an event: a callback would be given the error of an unreachable server in place of 'error' being emitted.
    socket.on('connect', () => socket.send(query))
    socket.connect(port, address)
  })

/** By TCP, each message after its length in two bytes (RFC 1035 4.2.2). */
export const exchangeTcp: Exchange = (query, { address, port }, timeoutMs) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port })
    const timer = setTimeout(() => socket.destroy(new Error(`no answer from ${address}`)), timeoutMs)
    let received: Buffer = Buffer.alloc(0)
    socket.on('connect', () => socket.write(framed(query)))
    socket.on('data', (data) => {
      received = Buffer.concat([received, data])
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return
      const reply = received.subarray(2, 2 + received.readUInt16BE(0))
      if (isReplyTo(query, reply)) resolve(reply)
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      reject(new Error(`${address} closed the connection`))
    })
  })

/** A message as it goes over TCP. */
export const framed = (message: Buffer): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
