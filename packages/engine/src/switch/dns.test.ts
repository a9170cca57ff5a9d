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
const webFront = endpoint('web', front, 2)
const appFront = endpoint('app', front, 3, { names: ['app', 'api'] })
const dbBack = endpoint('db', back, 2)

/** A resolver on the pretended host's loopback that knows example.org, counts, and says so. */
const upstream = `
  const socket = require('node:dgram').createSocket('udp4')
  socket.on('message', (query, { port, address }) => {
    const answer = Buffer.concat([query, Buffer.from('c00c00010001000000050004c0000207', 'hex')])
    answer[2] |= 0x80
    answer[7] = 1
    socket.send(answer, port, address)
  })
  socket.bind(5353, '127.0.0.1', () => console.log('listens'))`

beforeAll(async () => {
  bed = await openSwitchBed()
  const { stdout } = bed.onHost(process.execPath, '-e', upstream)
  if (stdout) await once(stdout, 'data')
  await bed.newSwitch().apply(
    stateOf({
      networks: [front, back],
      endpoints: [webFront, appFront, dbBack],
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
