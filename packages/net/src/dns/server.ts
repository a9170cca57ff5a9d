import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Resolve } from './resolver.ts'
import { framed } from './upstream.ts'

export interface DnsServer {
  close(): Promise<void>
}

export interface DnsServerOptions {
  /** A bound UDP socket and a TCP listener, on the gateway address of that network; taken over. */
  readonly udpFd: number
  readonly tcpFd: number
  readonly family: 4 | 6
  readonly networkId: string
  readonly resolve: Resolve
}

/** Serves DNS on two sockets that somebody else has bound, wherever they belong to. */
export const serveDns = async (options: DnsServerOptions): Promise<DnsServer> => {
  const udp = serveUdp(options)
  const tcp = serveTcp(options)
  const [socket] = await Promise.all([udp, tcp])
  return {
    close: async () => {
      const closed = once(socket, 'close')
      socket.close()
      await Promise.all([closed, (await tcp)()])
    },
  }
}

const serveUdp = async ({ udpFd, family, networkId, resolve }: DnsServerOptions): Promise<UdpSocket> => {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6')
  socket.on('message', (query, { address, port }) => {
    void resolve(query, { networkId, address, transport: 'udp' }).then((reply) => {
      // Who asked may be gone meanwhile, and so may be the socket.
      if (reply && isOpen) socket.send(reply, port, address, () => {})
    })
  })
  let isOpen = true
  socket.on('close', () => {
    isOpen = false
  })
  socket.on('error', () => {})
  // Said within bind() itself, as the descriptor is bound already.
  const listening = once(socket, 'listening')
  socket.bind({ fd: udpFd, exclusive: true })
  await listening
  return socket
}

const serveTcp = async ({ tcpFd, networkId, resolve }: DnsServerOptions): Promise<() => Promise<void>> => {
  const connections = new Set<Socket>()
  const server = createServer((socket) => {
    if (connections.size >= mostConnections) return void socket.destroy()
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => {})
    socket.setTimeout(idleMs, () => socket.destroy())
    const address = socket.remoteAddress ?? ''
    readMessages(socket, (query) => resolve(query, { networkId, address, transport: 'tcp' }))
  })
  server.listen({ fd: tcpFd })
  await once(server, 'listening')
  return async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of connections) socket.destroy()
    await closed
  }
}

const idleMs = 10_000
const mostConnections = 256

/** Answers the messages of a connection in the order of their answers, as RFC 7766 allows. */
const readMessages = (socket: Socket, resolve: (query: Buffer) => Promise<Buffer | undefined>): void => {
  let received: Buffer = Buffer.alloc(0)
  socket.on('data', (data) => {
    received = Buffer.concat([received, data])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      const query = received.subarray(2, end)
      received = received.subarray(end)
      void resolve(query).then((reply) => {
        if (reply && !socket.destroyed) socket.write(framed(reply))
      })
    }
  })
}
