import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { decode, encode, type Packet, type RecordType, TRUNCATED_RESPONSE } from 'dns-packet'
import { afterEach, expect, test } from 'vitest'
import { createResolver } from './resolver.ts'
import { framed, parseUpstream, type Upstream, upstreamsOfResolvConf } from './upstream.ts'
import { buildZone, type ZoneEndpoint } from './zone.ts'

const web: ZoneEndpoint = {
  containerId: 'web',
  networkId: 'n',
  ipv4: '10.0.1.2',
  names: ['web'],
  running: true,
}
const replicas = Array.from(
  { length: 60 },
  (_, i): ZoneEndpoint => ({
    containerId: `app-${i}`,
    networkId: 'n',
    ipv4: `10.0.1.${100 + i}`,
    names: [`app-${i}`, 'app'],
    running: true,
  }),
)

const resolver = (upstreams: readonly Upstream[] = [], internal = false) => {
  const zone = buildZone(
    [{ id: 'n', name: 'net', internal, subnets: [{ cidr: '10.0.1.0/24' }] }],
    [web, ...replicas],
  )
  return createResolver({ zone: () => zone, upstreams: () => upstreams })
}
const ask = async (
  resolve: ReturnType<typeof createResolver>,
  name: string,
  type: RecordType = 'A',
  { transport = 'udp', address = '10.0.1.2', packet = {} as Packet } = {},
) => {
  const query = encode({ type: 'query', id: 77, questions: [{ name, type }], ...packet })
  const bytes = await resolve(query, { networkId: 'n', address, transport: transport as 'udp' | 'tcp' })
  return { bytes, ...decode(bytes ?? expect.unreachable('no answer')) } as ReturnType<typeof decode> & {
    bytes: Buffer
    rcode: string
  }
}
const data = ({ answers = [] }: Packet) => answers.map((record) => ('data' in record ? record.data : ''))

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A resolver outside, on loopback, that answers as the script says. */
const outside = async (script: (query: Buffer) => Buffer | undefined): Promise<Upstream> => {
  const udp = createSocket('udp4')
  udp.on('message', (query, { port, address }) => {
    const reply = script(query)
    if (reply) udp.send(reply, port, address)
  })
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  const { port } = udp.address()
  const tcp = createServer((socket) =>
    socket.on('data', (message) => socket.write(framed(script(message.subarray(2)) ?? Buffer.alloc(0)))),
  ).listen(port, '127.0.0.1')
  await once(tcp, 'listening')
  closers.push(
    () => udp.close(),
    () => tcp.close(),
  )
  return { address: '127.0.0.1', port }
}
const reply = (query: Buffer, change: Packet = {}): Buffer => {
  const { id = 0, questions = [] } = decode(query)
  return encode({ type: 'response', id, questions, ...change })
}

test('a name is answered in any case, its missing kind of address with nothing', async () => {
  expect(data(await ask(resolver(), 'WeB'))).toEqual(['10.0.1.2'])
  expect(await ask(resolver(), 'web', 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [], id: 77 })
  expect(await ask(resolver(), 'web', 'MX')).toMatchObject({ rcode: 'NOERROR', answers: [] })
})

test('replicas come first in turn', async () => {
  const resolve = resolver()
  const first = async () => data(await ask(resolve, 'app', 'A', { transport: 'tcp' }))[0]
  expect(await first()).not.toBe(await first())
})

test('reverse questions are answered, those about nobody with NXDOMAIN', async () => {
  expect(data(await ask(resolver(), '2.1.0.10.in-addr.arpa', 'PTR'))).toEqual(['web.net'])
  expect(await ask(resolver(), '9.1.0.10.in-addr.arpa', 'PTR')).toMatchObject({ rcode: 'NXDOMAIN' })
})

test('what does not fit is cut by UDP and whole by TCP; EDNS makes room', async () => {
  const cut = await ask(resolver(), 'app')
  expect((cut.flags ?? 0) & TRUNCATED_RESPONSE).toBeTruthy()
  expect(cut.answers).toEqual([])
  expect(data(await ask(resolver(), 'app', 'A', { transport: 'tcp' }))).toHaveLength(60)
  const additionals = [
    { type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, options: [] },
  ] as unknown as NonNullable<Packet['additionals']>
  const withEdns = await ask(resolver(), 'web', 'A', { packet: { additionals } as Packet })
  expect(withEdns.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }])
})

test('an unknown asker is refused, an internal one gets NXDOMAIN', async () => {
  expect(await ask(resolver(), 'web', 'A', { address: '10.0.1.99' })).toMatchObject({ rcode: 'REFUSED' })
  const upstream = await outside(() => expect.unreachable('asked outside'))
  expect(await ask(resolver([upstream], true), 'example.org')).toMatchObject({ rcode: 'NXDOMAIN' })
})

test('other names are answered from outside, by UDP and TCP', async () => {
  const upstream = await outside((query) =>
    reply(query, { answers: [{ type: 'A', name: 'example.org', data: '192.0.2.7' }] }),
  )
  expect(data(await ask(resolver([upstream]), 'example.org'))).toEqual(['192.0.2.7'])
  expect(data(await ask(resolver([upstream]), 'example.org', 'A', { transport: 'tcp' }))).toEqual([
    '192.0.2.7',
  ])
})

test('an answer to another question, or with another id, is not taken', async () => {
  const forged = await outside((query) => {
    const wrong = reply(query)
    wrong.writeUInt16BE(78, 0)
    return wrong
  })
  const good = await outside((query) => reply(query, { flags: 3 }))
  expect(await ask(resolver([forged, good]), 'example.org')).toMatchObject({ rcode: 'NXDOMAIN' })
})

test('a server that fails is followed by the next; when all fail it is SERVFAIL', async () => {
  const failing = await outside((query) => reply(query, { flags: 2 }))
  const good = await outside((query) => reply(query))
  expect(await ask(resolver([failing, good]), 'example.org')).toMatchObject({ rcode: 'NOERROR' })
  expect(await ask(resolver([failing]), 'example.org')).toMatchObject({ rcode: 'SERVFAIL' })
  expect(await ask(resolver([]), 'example.org')).toMatchObject({ rcode: 'SERVFAIL' })
})

test('a server that cannot be reached is a failure, by UDP and TCP', async () => {
  // A link-local address without its link is nowhere; nobody listens on port 1.
  for (const [address, port] of [
    ['fe80::1', 53],
    ['127.0.0.1', 1],
  ] as const)
    for (const transport of ['udp', 'tcp'])
      expect(await ask(resolver([{ address, port }]), 'example.org', 'A', { transport })).toMatchObject({
        rcode: 'SERVFAIL',
      })
})

test.each([
  ['no question', { questions: [] }, 'FORMERR'],
  ['a notification', { flags: 4 << 11 }, 'NOTIMP'],
])('%s is answered with its code', async (_what, packet, rcode) => {
  expect(await ask(resolver(), 'web', 'A', { packet: packet as Packet })).toMatchObject({ rcode })
})

test('responses and fragments get no answer, garbage never more than an error', async () => {
  const asker = { networkId: 'n', address: '10.0.1.2', transport: 'udp' } as const
  expect(await resolver()(encode({ type: 'response', questions: [] }), asker)).toBeUndefined()
  expect(await resolver()(Buffer.alloc(11), asker)).toBeUndefined()
  const good = encode({ type: 'query', id: 1, questions: [{ name: 'web', type: 'A' }] })
  let seed = 1
  const random = () => (seed = (seed * 48271) % 2147483647)
  for (let round = 0; round < 1_000; round++) {
    const bad = Buffer.from(good)
    for (let flips = random() % 4; flips >= 0; flips--) bad[random() % bad.length] = random() & 0xff
    await resolver([], true)(bad.subarray(0, 1 + (random() % bad.length)), asker)
  }
})

test.each([
  ['1.2.3.4', '1.2.3.4', 53],
  ['127.0.0.1:5353', '127.0.0.1', 5353],
  ['fd00::1', 'fd00::1', 53],
  ['[fd00::1]:5353', 'fd00::1', 5353],
])('the resolver %s is %s port %i', (text, address, port) => {
  expect(parseUpstream(text)).toEqual({ address, port })
})

test('a resolv.conf names its servers', () => {
  const text =
    '# nameserver 9.9.9.9\nsearch a b\nnameserver 10.0.0.1\n nameserver\tfe80::1%eth0 # x\noptions ndots:0\n'
  expect(upstreamsOfResolvConf(text).map(({ address }) => address)).toEqual(['10.0.0.1', 'fe80::1%eth0'])
})
