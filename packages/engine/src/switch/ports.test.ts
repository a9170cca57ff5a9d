import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PublishedPort, Switch, SwitchEndpoint } from './switch.ts'
import {
  bedTimeoutMs,
  endpoint,
  network,
  openSwitchBed,
  type Peer,
  type SwitchBed,
  stateOf,
} from './testing/switch-bed.ts'

let bed: SwitchBed
let made: Switch
let peer: Peer
const net = network(5)
const web = endpoint('web', net, 2)

beforeAll(async () => {
  bed = await openSwitchBed()
  made = bed.newSwitch()
  await made.apply(stateOf({ networks: [net], endpoints: [web] }))
  peer = await bed.plugIn(web, net)
  await peer.echo()
}, bedTimeoutMs)
afterAll(() => bed.close(), bedTimeoutMs)

const port = (hostAddress: string, hostPort: number, more: Partial<PublishedPort> = {}): PublishedPort => ({
  containerId: web.containerId,
  protocol: 'tcp',
  hostAddress,
  hostPort,
  hostPortEnd: hostPort,
  containerAddress: web.ipv4 ?? '',
  containerPort: 7,
  ...more,
})
const publish = (ports: PublishedPort[], endpoints: SwitchEndpoint[] = [web]) =>
  made.apply(stateOf({ networks: [net], endpoints, ports }))

test('a port is bound on exactly the address asked for', async () => {
  const { published, unpublished } = await publish([port('127.0.0.1', 8080)])
  expect(published).toMatchObject([{ hostAddress: '127.0.0.1', boundPort: 8080 }])
  expect(unpublished).toEqual([])
  expect(bed.ask('127.0.0.1', 8080, 'through')).toBe('through')
  expect(bed.ask('198.51.100.2', 8080)).toBe('ECONNREFUSED')
  expect(bed.ask('::1', 8080)).toBe('ECONNREFUSED')
})

test('any free port is the same on both families, and stays', async () => {
  const ports = [port('0.0.0.0', 0), port('::', 0)]
  const { published } = await publish(ports)
  const [first] = published
  expect(published.map(({ boundPort }) => boundPort)).toEqual([first?.boundPort, first?.boundPort])
  expect(bed.ask('198.51.100.2', first?.boundPort ?? 0)).toBe('hello')
  expect(bed.ask('::1', first?.boundPort ?? 0)).toBe('hello')
  expect((await publish(ports)).published).toEqual(published)
})

test('a port that was free to choose may be asked for by its number, and its connections stay', async () => {
  const { published } = await publish([port('127.0.0.1', 0), port('127.0.0.1', 8083)])
  const boundPort = published[0]?.boundPort ?? 0
  const client = bed.onHost(
    process.execPath,
    '-e',
    `const socket = require('node:net').connect(${boundPort}, '127.0.0.1')
    socket.on('data', (data) => console.log(String(data))).on('error', ({ code }) => console.log(code)).write('one')
    process.on('SIGUSR2', () => socket.write('two'))`,
  )
  if (!client.stdout) throw new Error('no output')
  expect(String((await once(client.stdout, 'data'))[0])).toBe('one\n')
  await publish([port('127.0.0.1', boundPort), port('127.0.0.1', 8083)])
  const answered = once(client.stdout, 'data')
  client.kill('SIGUSR2')
  expect(String((await answered)[0])).toBe('two\n')
})

test('of a range the next free one is taken, and a taken port fails alone', async () => {
  const holder = `require('node:net').createServer().listen(9000, '127.0.0.1', () => console.log('listens'))`
  const { stdout } = bed.onHost(process.execPath, '-e', holder)
  if (stdout) await once(stdout, 'data')
  const range = port('127.0.0.1', 9000, { hostPortEnd: 9002 })
  const { published, unpublished } = await publish([
    port('127.0.0.1', 9000),
    range,
    { ...range, containerPort: 8 },
    { ...range, containerPort: 9 },
    port('192.0.2.1', 9100),
    port('127.0.0.1', 9101),
  ])
  expect(published.map(({ boundPort }) => boundPort)).toEqual([9001, 9002, 9101])
  expect(unpublished.map(({ error, port: { hostPort } }) => [hostPort, error])).toEqual([
    [9000, 'EADDRINUSE'],
    [9000, 'EADDRINUSE'],
    [9100, 'EADDRNOTAVAIL'],
  ])
})

test('datagrams go there and back', async () => {
  const echo = `const socket = require('node:dgram').createSocket('udp4')
    socket.on('message', (data, { port, address }) => socket.send(data, port, address)).bind(7, () => console.log('bound'))`
  const { stdout } = peer.start(process.execPath, '-e', echo)
  if (stdout) await once(stdout, 'data')
  await publish([port('0.0.0.0', 7007, { protocol: 'udp' })])
  const ask = `const socket = require('node:dgram').createSocket('udp4')
    socket.on('message', (data) => { console.log(String(data)); socket.close() }).send('datagram', 7007, '198.51.100.2')`
  expect(
    String((await once(bed.onHost(process.execPath, '-e', ask).stdout ?? expect.unreachable(), 'data'))[0]),
  ).toBe('datagram\n')
})

test('a port that is not wanted any more is free', async () => {
  await publish([port('127.0.0.1', 8081)])
  expect(bed.ask('127.0.0.1', 8081)).toBe('hello')
  await publish([])
  expect(bed.ask('127.0.0.1', 8081)).toBe('ECONNREFUSED')
})

test('clients wait while the container starts', async () => {
  await publish([port('127.0.0.1', 8082)], [{ ...web, running: false }])
  const client = bed.onHost(
    process.execPath,
    '-e',
    `
    const socket = require('node:net').connect(8082, '127.0.0.1', () => console.log('connected'))
    socket.on('data', (data) => console.log(String(data))).write('early')`,
  )
  if (!client.stdout) throw new Error('no output')
  expect(String((await once(client.stdout, 'data'))[0])).toBe('connected\n')
  const answered = once(client.stdout, 'data')
  await publish([port('127.0.0.1', 8082)])
  expect(String((await answered)[0])).toBe('early\n')
  await publish([port('127.0.0.1', 8082)], [{ ...web, running: false }])
  await publish([port('127.0.0.1', 8082)])
  expect(bed.ask('127.0.0.1', 8082)).toBe('hello')
})

test('a container that comes back with another address keeps its port', async () => {
  const { published } = await publish([port('127.0.0.1', 0, { containerAddress: '10.77.5.99' })])
  expect((await publish([port('127.0.0.1', 0)])).published[0]?.boundPort).toBe(published[0]?.boundPort)
  expect(bed.ask('127.0.0.1', published[0]?.boundPort ?? 0)).toBe('hello')
})
