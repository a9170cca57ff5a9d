import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { artifactPath } from '@container-compose/core'

export interface SocketServer {
  /** Of the process in the cage. */
  readonly pid: number
  /** Stands beside it, and connects for it. */
  readonly parent: ChildProcess
  /** What it has said. Resolves when it has ended. */
  readonly said: Promise<string>
}

/** Starts a socket server that connects to the port at `dir/sock`; resolves when it serves, rejects with what it said. */
export const runSocketServer = async (dir: string, sockets: readonly string[]): Promise<SocketServer> => {
  const pidFile = join(dir, 'pid')
  const parent = spawn(
    artifactPath('socket-server'),
    ['--socket', join(dir, 'sock'), '--pid-file', pidFile, ...sockets],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const said = text(parent.stderr)
  if ((await parent.stdout.toArray()).length === 0) throw new Error(await said)
  return { pid: Number((await readFile(pidFile, 'utf8')).split(' ')[0]), parent, said }
}

/** Sockets of this machine, relayed on this machine by the guest's own relay. */
export interface RelayedSockets extends AsyncDisposable {
  readonly dir: string
  readonly server: SocketServer
  /** Connects to the one that a program of the guest would see. */
  connect(socket?: number): Promise<Socket>
}

export const relaySockets = async (sockets: readonly string[]): Promise<RelayedSockets> => {
  const dir = await mkdtemp(join(tmpdir(), 'relay-'))
  const inside = sockets.map((_, index) => join(dir, `inside-${index}`))
  const relay = spawn(artifactPath('relay-here'), [join(dir, 'sock'), ...inside], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(relay.stdout, 'data')
  const server = await runSocketServer(dir, sockets)
  return {
    dir,
    server,
    connect: (socket = 0) => connectTo(inside[socket] ?? ''),
    [Symbol.asyncDispose]: async () => {
      const ends = [once(relay, 'exit'), server.parent.exitCode ?? once(server.parent, 'exit')]
      relay.stdin.end()
      await Promise.all(ends)
      await rm(dir, { recursive: true })
    },
  }
}

/** Half open: each side ends by itself. */
export const connectTo = async (path: string): Promise<Socket> => {
  const socket = connect({ path, allowHalfOpen: true })
  await once(socket, 'connect')
  // The other side may go as it likes.
  socket.on('error', () => {})
  return socket
}

/** Listens at a path with half-open connections. */
export const listenAt = async (path: string, serve: (socket: Socket) => void): Promise<Server> => {
  const server = createServer({ allowHalfOpen: true }, serve)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}

/** Until the other side ends. Unlike what `node:stream/consumers` has, this leaves our side open. */
export const hear = async (socket: Socket): Promise<string> => {
  let said = ''
  socket.on('data', (data) => {
    said += data
  })
  await once(socket, 'end')
  return said
}
