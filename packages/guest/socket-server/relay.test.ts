import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../mount-server/testing/mounted-port.ts'
import { connectTo, hear, listenAt, type RelayedSockets, relaySockets } from './testing/relayed-sockets.ts'

let dir: string
let path: string
let servers: Server[]
let relayed: RelayedSockets

/** A program of the host at the relayed path, and its next connections. */
const serve = async (program: (socket: Socket) => void): Promise<Server> => {
  const server = await listenAt(path, program)
  servers.push(server)
  return server
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

const echo = (socket: Socket): void => {
  socket.on('error', () => {})
  socket.pipe(socket)
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'host-'))
  path = join(dir, 'program.sock')
  servers = []
  relayed = await relaySockets([path])
})

afterEach(async () => {
  await relayed[Symbol.asyncDispose]()
  for (const server of servers) if (server.listening) await close(server)
  await rm(dir, { recursive: true })
})

test('bytes go both ways, and each direction ends by itself', async () => {
  // Answers only when all of the question is there.
  await serve((socket) => {
    void hear(socket).then((question) => socket.end(`you said ${question}`))
  })
  const client = await relayed.connect()
  client.end('hello')
  expect(await hear(client)).toBe('you said hello')
})

test('the host may end first, and still hears the rest', async () => {
  const heard = new Promise<string>((resolve) => {
    void serve((socket) => {
      socket.end('bye')
      resolve(hear(socket))
    })
  })
  const client = await relayed.connect()
  expect(await hear(client)).toBe('bye')
  client.end('after the end')
  expect(await heard).toBe('after the end')
})

test('one that closes after its last words is heard to the end, and its closing is seen', async () => {
  let heard = ''
  const closed = new Promise<void>((resolve) => {
    void serve((socket) => {
      socket.write('go on')
      socket.on('data', (data) => {
        heard += data
      })
      socket.on('error', () => {})
      socket.on('end', () => {
        // Only whoever is gone does not take this.
        const timer = setInterval(() => socket.write('still there?'), 5)
        socket.on('close', () => {
          clearInterval(timer)
          resolve()
        })
      })
    })
  })
  const client = await relayed.connect()
  await once(client, 'data')
  client.write('last words', () => client.destroy())
  await closed
  expect(heard).toBe('last words')
})

test('megabytes arrive unchanged, both ways at once', async () => {
  const sum = (data: Buffer) => createHash('sha256').update(data).digest('hex')
  await serve(echo)
  const client = await relayed.connect()
  const data = randomBytes(20_000_000)
  const [back] = await Promise.all([bytes(client), pipeline(Readable.from(chunks(data)), client)])
  expect(sum(back)).toBe(sum(data))
})

const bytes = async (socket: Socket): Promise<Buffer> => {
  const parts: Buffer[] = []
  socket.on('data', (part) => parts.push(part))
  await once(socket, 'end')
  return Buffer.concat(parts)
}

const chunks = function* (data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += 100_000) yield data.subarray(at, at + 100_000)
}

test('whoever does not read stops his own connection, and no other', async () => {
  let sent = 0
  await serve((socket) => {
    socket.on('error', () => {})
    socket.once('data', (data) => {
      if (String(data) !== 'flood') return void socket.end('quick')
      const more = () => {
        while (socket.write(Buffer.alloc(65_536))) sent += 65_536
      }
      socket.on('drain', more)
      more()
    })
  })
  const slow = await relayed.connect()
  slow.pause()
  slow.write('flood')
  let before = -1
  // Until the flood stands still, others are served.
  while (before !== sent || sent === 0) {
    before = sent
    for (let i = 0; i < 5; i++) {
      const client = await relayed.connect()
      client.write('hello')
      expect(await hear(client)).toBe('quick')
      client.end()
    }
  }
  // What the relay holds is bounded by its window, besides what the kernel's own buffers take.
  expect(sent).toBeLessThan(3_000_000)
  slow.destroy()
})

test('many connections at once, and one more than there may be is closed at once', async () => {
  await serve(echo)
  const clients: Socket[] = []
  for (let i = 0; i < 256; i++) {
    const client = await relayed.connect()
    clients.push(client)
    client.write(`${i}\n`)
  }
  const answers = clients.map((client) => once(client, 'data'))
  expect((await Promise.all(answers)).map(([data]) => String(data))).toStrictEqual(
    clients.map((_, i) => `${i}\n`),
  )
  const further = await relayed.connect()
  expect(await hear(further)).toBe('')
  for (const client of clients.slice(1)) client.destroy()
  clients[0]?.write('still there\n')
  expect(String((await once(clients[0] as Socket, 'data'))[0])).toBe('still there\n')
  clients[0]?.destroy()
})

test('a program that is not there closes the connection, and is found again by its path', async () => {
  const ask = async (): Promise<string> => {
    const client = await relayed.connect()
    client.end()
    return hear(client)
  }
  expect(await ask()).toBe('')
  const first = await serve((socket) => socket.end('first'))
  expect(await ask()).toBe('first')
  await close(first)
  expect(await ask()).toBe('')
  // Another inode.
  await serve((socket) => socket.end('second'))
  expect(await ask()).toBe('second')
})

test('the path may be long and lead over links', async () => {
  await serve((socket) => socket.end('found'))
  const link = join(dir, 'l'.repeat(200))
  await symlink(path, link)
  await using long = await relaySockets([join(dir, 'nothing'), link])
  expect(await hear(await long.connect(1))).toBe('found')
  expect(await hear(await long.connect(0))).toBe('')
})

test('a program that is slow to accept is waited for', async () => {
  // Nobody accepts while this process is busy: the kernel lets 512 wait.
  await serve((socket) => socket.end('at last'))
  const clients = await Promise.all(Array.from({ length: 200 }, () => relayed.connect()))
  const answers = await Promise.all(clients.map((client) => hear(client)))
  expect(answers).toStrictEqual(clients.map(() => 'at last'))
})

test('no permission is needed that the guest has not judged, whoever asks', async () => {
  await serve((socket) => socket.end('in'))
  await chmod(path, 0o600)
  await chmod(dir, 0o700)
  expect(await hear(await relayed.connect())).toBe('in')
})

test('a server that is killed has a successor: connections of before are closed, later ones work', async () => {
  await serve(echo)
  const before = await relayed.connect()
  before.write('hello')
  await once(before, 'data')
  const { server } = relayed
  process.kill(server.pid, 'SIGKILL')
  // On a real port the successor is at the same one; here it ends when the port is gone.
  expect(await hear(before)).toBe('')
})

test('a socket of another kind is no stream', async () => {
  const directory = join(dir, 'directory')
  await using other = await relaySockets([directory, dir])
  expect(await hear(await other.connect(1))).toBe('')
  await expect(connectTo(join(dir, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('what was said before a rude close is heard, whoever reads slowly', async () => {
  let rude: Socket | undefined
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {})
    if (rude === undefined) rude = socket
    else socket.resume().end('polite')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const polite = async () => {
    const other = await relayed.connect()
    expect(await hear(other)).toBe('polite')
    other.end()
  }
  const client = await relayed.connect()
  client.write('a question that nobody reads')
  await eventually(async () => rude)
  await polite()
  // More than the kernel takes for a client that does not read: the rest waits in the relay.
  await new Promise<void>((resolve) => rude?.write(Buffer.alloc(300_000, 'x'), () => resolve()))
  rude?.destroy()
  await polite()
  expect((await bytes(client)).length).toBe(300_000)
  client.end()
})
