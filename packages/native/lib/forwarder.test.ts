import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Forwarder } from './forwarder.ts'
import { createNetns, removeNetns } from './namespace.ts'
import { changeLinks } from './netlink/netlink.ts'
import { bindSocket } from './sockets.ts'

let dir: string
let netns: string
let forwarder: Forwarder
let server: ReturnType<typeof spawn>

/**
 * Inside: port 7 echoes; 8 sends 1 MB and ends, then says on port 9 how much it got; 10 resets; UDP 7 echoes, on both families.
 */
const inside = `
  const net = require('node:net'), dgram = require('node:dgram')
  let heard = 0
  const servers = [
    net.createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket)).listen(7),
    net.createServer({ allowHalfOpen: true }, (socket) => {
      heard = 0
      socket.end(Buffer.alloc(1 << 20))
      socket.on('data', (data) => { heard += data.length }).on('end', () => { heard += 0.5 }).on('error', () => {})
    }).listen(8),
    net.createServer((socket) => socket.end(String(heard))).listen(9),
    net.createServer((socket) => socket.resetAndDestroy()).listen(10),
  ]
  for (const family of ['udp4', 'udp6']) {
    const socket = dgram.createSocket(family)
    socket.on('message', (data, { port, address }) => socket.send(data, port, address)).bind(7, family === 'udp4' ? '127.0.0.1' : '::1')
    servers.push(socket)
  }
  Promise.all(servers.map((server) => new Promise((done) => server.on('listening', done)))).then(() => console.log('listen'))`

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'forwarder-'))
  netns = join(dir, 'netns')
  await createNetns(netns)
  await changeLinks(netns, [{ kind: 'link.set', name: 'lo', isUp: true }])
  server = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', inside], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (server.stdout) await once(server.stdout, 'data')
  forwarder = await Forwarder.open(netns)
})
afterAll(async () => {
  await forwarder.close()
  server.kill('SIGKILL')
  await once(server, 'exit')
  await removeNetns(netns)
  rmSync(dir, { recursive: true })
})

const freePort = async (
  type: 'stream' | 'datagram',
  address: string,
): Promise<{ fd: number; port: number }> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const fd = await bindSocket({ type, address, port }).catch(() => undefined)
    if (fd !== undefined) return { fd, port }
  }
}
const publish = async (targetPort: number, target = '127.0.0.1', address = '127.0.0.1') => {
  const { fd, port } = await freePort('stream', address)
  return { port, id: await forwarder.add(fd, 'stream', { address: target, port: targetPort }) }
}
const open = async (port: number, host = '127.0.0.1'): Promise<Socket> => {
  const socket = connect({ port, host, allowHalfOpen: true })
  await once(socket, 'connect')
  return socket
}
/** Not by iteration, which would destroy a socket that is still to be written to. */
const readAll = async (socket: Socket): Promise<Buffer> => {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

test('bytes go both ways unchanged, and the end comes after them', async () => {
  const { port } = await publish(7)
  const socket = await open(port)
  const data = randomBytes(8 << 20)
  socket.end(data)
  const back = await readAll(socket)
  expect(createHash('sha256').update(back).digest('hex')).toBe(
    createHash('sha256').update(data).digest('hex'),
  )
})

test('families may differ on the two sides', async () => {
  const { port } = await publish(7, '127.0.0.1', '::1')
  const socket = await open(port, '::1')
  socket.end('across')
  expect(String(await readAll(socket))).toBe('across')
})

test('one direction ends while the other goes on', async () => {
  const { port } = await publish(8)
  const socket = await open(port)
  expect(await readAll(socket)).toHaveLength(1 << 20)
  socket.write(Buffer.alloc(300_000))
  socket.end()
  await once(socket, 'close')
  const said = await publish(9)
  await expect.poll(async () => String(await readAll(await open(said.port)))).toBe('300000.5')
})

test('a reset inside is a reset outside, and so is a port where nobody listens', async () => {
  for (const target of [10, 11]) {
    const { port } = await publish(target)
    const socket = connect(port, '127.0.0.1')
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  }
})

test('a slow reader holds the writer back', async () => {
  const { port } = await publish(7)
  const socket = await open(port)
  socket.pause()
  for (let i = 0; i < 64; i++) socket.write(Buffer.alloc(1 << 20))
  // Until nothing moves any more: the buffers of the kernel are all that fills.
  let left = -1
  const hasStopped = (): boolean => {
    const before = left
    left = socket.writableLength
    return before === left
  }
  await expect.poll(hasStopped, { interval: 200, timeout: 10_000 }).toBe(true)
  expect(left).toBeGreaterThan(0)
  socket.destroy()
})

test('a thousand connections at once', async () => {
  const { port } = await publish(7)
  const sockets = await Promise.all(Array.from({ length: 1000 }, () => open(port)))
  const echoes = await Promise.all(
    sockets.map((socket, i) => {
      socket.end(`number ${i}`)
      return readAll(socket)
    }),
  )
  expect(echoes.map(String)).toEqual(sockets.map((_, i) => `number ${i}`))
})

test('removing resets connections and frees the port at once', async () => {
  const { port, id } = await publish(7)
  const socket = await open(port)
  socket.write('x')
  await once(socket, 'data')
  const failed = once(socket, 'error')
  await forwarder.remove(id)
  await forwarder.remove(id)
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
  const fd = await bindSocket({ type: 'stream', address: '127.0.0.1', port })
  await forwarder.remove(await forwarder.add(fd, 'stream', { address: '127.0.0.1', port: 7 }))
})

test.each([
  ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.5', '::1'],
  ['::', '::1', '127.0.0.1'],
])('datagrams to %s come back from %s, by a flow for each client', async (bound, asked, target) => {
  const { fd, port } = await freePort('datagram', bound)
  const id = await forwarder.add(fd, 'datagram', { address: target, port: 7 })
  const clients = Array.from({ length: 20 }, () => createSocket(asked.includes(':') ? 'udp6' : 'udp4'))
  const answers = await Promise.all(
    clients.map(async (client, i) => {
      // Connected, so that only an answer from the address that was asked arrives.
      client.connect(port, asked)
      await once(client, 'connect')
      client.send(`datagram ${i}`)
      const [data] = await once(client, 'message')
      client.close()
      return String(data)
    }),
  )
  expect(answers).toEqual(clients.map((_, i) => `datagram ${i}`))
  await forwarder.remove(id)
})

test('a namespace that is absent is refused', async () => {
  await expect(Forwarder.open(join(dir, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a closed forwarder serves nobody', async () => {
  const other = await Forwarder.open(netns)
  const { fd, port } = await freePort('stream', '127.0.0.1')
  await other.add(fd, 'stream', { address: '127.0.0.1', port: 7 })
  const socket = await open(port)
  const failed = once(socket, 'error')
  await other.close()
  await other.close()
  expect((await failed)[0]).toMatchObject({ code: 'ECONNRESET' })
  await expect(other.add(0, 'stream', { address: '127.0.0.1', port: 7 })).rejects.toThrow('closed')
})
