import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNetns, removeNetns, writeSysctl } from './namespace.ts'
import {
  bindSocket,
  connectUnix,
  listenUnix,
  localPort,
  sendDescriptor,
  socketInNetns,
  socketPair,
} from './sockets.ts'
import { openTap, plugTap } from './tap.ts'

let dir: string
let netns: string
const inside = (...command: string[]) =>
  execFileSync('nsenter', [`--net=${netns}`, ...command], { encoding: 'utf8' })

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'native-'))
  netns = join(dir, 'netns')
  await createNetns(netns)
  inside('ip', 'link', 'set', 'lo', 'up')
})
afterAll(async () => {
  await removeNetns(netns)
  rmSync(dir, { recursive: true })
})

test('a namespace is another one than ours, and leaves nothing when removed', async () => {
  const path = join(dir, 'second')
  await createNetns(path)
  await expect(createNetns(path)).rejects.toMatchObject({ code: 'EEXIST' })
  await removeNetns(path)
  await removeNetns(path)
  expect(existsSync(path)).toBe(false)
  expect(JSON.parse(inside('ip', '-j', 'link'))).toHaveLength(1)
})

test('a setting is written inside the namespace only', async () => {
  await writeSysctl(netns, 'net/ipv4/ip_forward', '1')
  expect(inside('cat', '/proc/sys/net/ipv4/ip_forward')).toBe('1\n')
  await expect(writeSysctl(netns, 'net/../kernel/hostname', 'x')).rejects.toThrow(TypeError)
})

test('a tap joins its bridge, is up, and lives as long as its descriptor', async () => {
  inside('ip', 'link', 'add', 'br0', 'type', 'bridge')
  const fd = await openTap(netns, 'tap0', { bridge: 'br0', mtu: 1400 })
  const [link] = JSON.parse(inside('ip', '-j', 'link', 'show', 'tap0'))
  expect(link).toMatchObject({ master: 'br0', mtu: 1400, flags: expect.arrayContaining(['UP']) })
  await expect(openTap(netns, 'tap0')).rejects.toMatchObject({ code: 'EBUSY' })
  closeSync(fd)
  expect(JSON.parse(inside('ip', '-j', 'link')).map(({ ifname }: { ifname: string }) => ifname)).toEqual([
    'lo',
    'br0',
  ])
})

test('a tap without its bridge is refused and does not stay', async () => {
  await expect(openTap(netns, 'tap1', { bridge: 'absent' })).rejects.toMatchObject({ code: 'ENODEV' })
  closeSync(await openTap(netns, 'tap1'))
})

test('a tap that is open moves to another namespace under another name', async () => {
  const netnsPath = join(dir, 'elsewhere')
  await createNetns(netnsPath)
  const fd = await openTap(netnsPath, 'tap0')
  const bridge = 'br1'
  inside('ip', 'link', 'add', bridge, 'type', 'bridge')
  await plugTap({ netnsPath, name: 'tap0' }, netns, 'moved', { bridge, mtu: 1400 })
  const [link] = JSON.parse(inside('ip', '-j', 'link', 'show', 'moved'))
  expect(link).toMatchObject({ master: bridge, mtu: 1400, flags: expect.arrayContaining(['UP']) })
  await expect(plugTap({ netnsPath, name: 'tap0' }, netns, 'again')).rejects.toMatchObject({ code: 'ENODEV' })
  closeSync(fd)
  await removeNetns(netnsPath)
})

test('a descriptor goes beside the bytes to whoever is connected', async () => {
  const path = join(dir, 'passing')
  const receiver = `import socket, os, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print('listening', flush=True)
peer, _ = listener.accept()
data, fds, _, _ = socket.recv_fds(peer, 100, 4)
os.write(fds[0], b'got ' + data)`
  const child = spawn('python3', ['-c', receiver, path])
  await once(child.stdout, 'data')
  const socket = connectUnix(path)
  const file = join(dir, 'passed')
  const passed = openSync(file, 'w')
  sendDescriptor(socket, Buffer.from('bytes'), passed)
  await once(child, 'exit')
  for (const fd of [socket, passed]) closeSync(fd)
  expect(readFileSync(file, 'utf8')).toBe('got bytes')
  expect(() => connectUnix(join(dir, 'absent'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})

test('wrong arguments are named', async () => {
  await expect(openTap(netns, 'a name with blanks')).rejects.toThrow('`name`')
  await expect(openTap(netns, 'tap2', { mtu: 1 })).rejects.toThrow('`mtu`')
  await expect(openTap('', 'tap2')).rejects.toThrow('`netnsPath`')
})

test('a listener made inside is reached inside only', async () => {
  const fd = await socketInNetns(netns, { type: 'stream', address: '127.0.0.1', port: 0 })
  const server = createServer((socket) => socket.end('inside')).listen({ fd })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const client = `require('node:net').connect(${port}, '127.0.0.1').pipe(process.stdout)`
  const child = spawn('nsenter', [`--net=${netns}`, process.execPath, '-e', client])
  const [data] = await once(child.stdout, 'data')
  expect(String(data)).toBe('inside')
  const outside = connect(port, '127.0.0.1')
  const [error] = await once(outside, 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  server.close()
})

test('a taken address and an address of somebody else are told apart', async () => {
  const fd = await bindSocket({ type: 'stream', address: '127.0.0.1', port: 0 })
  const chosen = localPort(fd)
  const server = createServer().listen({ fd })
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  expect(chosen).toBe(port)
  await expect(bindSocket({ type: 'stream', address: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  })
  await expect(bindSocket({ type: 'datagram', address: '203.0.113.9', port: 0 })).rejects.toMatchObject({
    code: 'EADDRNOTAVAIL',
  })
  await expect(bindSocket({ type: 'stream', address: 'localhost', port: 0 })).rejects.toThrow('`address`')
  server.close()
})

test('a unix listener accepts, and its path stays when it is closed', async () => {
  const path = join(dir, 'listener')
  const server = createServer((socket) => socket.end()).listen({ fd: listenUnix(path) })
  await once(connect(path), 'end')
  server.close()
  await once(server, 'close')
  expect(existsSync(path)).toBe(true)
  expect(() => listenUnix(path)).toThrow(expect.objectContaining({ code: 'EADDRINUSE' }))
  expect(() => listenUnix('x'.repeat(108))).toThrow(expect.objectContaining({ code: 'ENAMETOOLONG' }))
})

test('a socket pair is two descriptors', () => {
  const [first, second] = socketPair()
  expect(first).not.toBe(second)
  closeSync(first)
  closeSync(second)
})
