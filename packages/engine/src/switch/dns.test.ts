import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
let web: Peer
let db: Peer
const front = network(3)
const back = network(4, { internal: true })
const other = network(8)
const webFront = endpoint('web', front, 2)
const appFront = endpoint('app', front, 3, { names: ['app', 'api'] })
const dbBack = endpoint('db', back, 2)

const pi = endpoint('pi', front, 4)
const picky = endpoint('picky', front, 5, { upstream: [pi.ipv4 ?? ''] })
const far = endpoint('far', other, 2, { upstream: [pi.ipv4 ?? ''] })

/** A resolver that knows one address for every name, and says when it listens. */
const resolver = (address: string, port: number, answer: string) => `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const answer = Buffer.concat([query, Buffer.from('c00c00010001000000050004${answer}', 'hex')])
    answer[2] |= 0x80
    answer[7] = 1
    socket.send(answer, port, address)
  })
  socket.bind(${port}, '${address}', () => console.log('listens'))`

beforeAll(async () => {
  bed = await openSwitchBed()
  const { stdout } = bed.onHost(process.execPath, '-e', resolver('127.0.0.1', 5353, 'c0000207'))
  if (stdout) await once(stdout, 'data')
  await bed.newSwitch().apply(
    stateOf({
      networks: [front, back, other],
      endpoints: [webFront, appFront, dbBack, pi, picky, far],
      dns: { upstream: ['127.0.0.1:5353'] },
    }),
  )
  web = await bed.plugIn(webFront, front)
  db = await bed.plugIn(dbBack, back)
}, bedTimeoutMs)
afterAll(() => bed.close(), bedTimeoutMs)

const resolve = (peer: Peer, server: string, name: string): string => {
  const script = `
    const resolver = new (require('node:dns').promises.Resolver)({ timeout: 2000, tries: 1 })
    resolver.setServers(['${server}'])
    resolver.resolve4('${name}').then((list) => console.log(list.join()), ({ code }) => console.log(code))`
  return peer.run(process.execPath, '-e', script).trim()
}

test('a container resolves its neighbours at its gateway', () => {
  expect(resolve(web, '10.77.3.1', 'app')).toBe('10.77.3.3')
  expect(resolve(web, '10.77.3.1', 'API')).toBe('10.77.3.3')
})

test('it resolves nobody of another network', () => {
  expect(resolve(db, '10.77.4.1', 'web')).toBe('ENOTFOUND')
})

test('other names are asked for from the host, whose loopback is reached', () => {
  expect(resolve(web, '10.77.3.1', 'example.org')).toBe('192.0.2.7')
})

test('a container of internal networks only learns nothing from outside', () => {
  expect(resolve(db, '10.77.4.1', 'example.org')).toBe('ENOTFOUND')
})

test('a container’s own resolver may be a container, for those who share a network with it', async () => {
  const peer = await bed.plugIn(pi, front)
  const { stdout } = peer.start(process.execPath, '-e', resolver('0.0.0.0', 53, '0a0a0a0a'))
  if (stdout) await once(stdout, 'data')
  expect(resolve(await bed.plugIn(picky, front), '10.77.3.1', 'example.org')).toBe('10.10.10.10')
  expect(resolve(await bed.plugIn(far, other), '10.77.8.1', 'example.org')).toBe('ESERVFAIL')
})
