import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNetns, removeNetns } from '../namespace.ts'
import { ipBytes, ipText } from './ip-bytes.ts'
import { changeLinks, listAddresses, listLinks } from './netlink.ts'

let dir: string
let netns: string
const ip = (...args: string[]) =>
  JSON.parse(execFileSync('nsenter', [`--net=${netns}`, 'ip', '-j', ...args], { encoding: 'utf8' }) || '[]')

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'netlink-'))
  netns = join(dir, 'netns')
  await createNetns(netns)
})
afterAll(async () => {
  await removeNetns(netns)
  rmSync(dir, { recursive: true })
})

test('a bridge is made, addressed, set up, listed and deleted', async () => {
  await changeLinks(netns, [
    { kind: 'link.set', name: 'lo', isUp: true },
    { kind: 'bridge.create', name: 'br-0123456789ab', mtu: 1400, mac: '02:42:ac:12:00:01' },
    { kind: 'link.set', name: 'br-0123456789ab', isUp: true, txQueueLength: 2000 },
  ])
  const bridge = (await listLinks(netns)).find(({ name }) => name === 'br-0123456789ab')
  expect(bridge).toMatchObject({ kind: 'bridge', isUp: true, mtu: 1400, master: undefined })
  const index = bridge?.index ?? 0
  await changeLinks(netns, [
    { kind: 'address.add', index, address: '172.18.0.1', prefix: 16 },
    { kind: 'address.add', index, address: 'fd00::1', prefix: 64 },
  ])
  expect(ip('addr', 'show', 'br-0123456789ab')[0]).toMatchObject({
    txqlen: 2000,
    address: '02:42:ac:12:00:01',
    addr_info: expect.arrayContaining([
      expect.objectContaining({ local: '172.18.0.1', prefixlen: 16 }),
      expect.objectContaining({ local: 'fd00::1', prefixlen: 64 }),
    ]),
  })
  expect(await listAddresses(netns)).toEqual(
    expect.arrayContaining([
      { index, address: '172.18.0.1', prefix: 16 },
      { index, address: 'fd00:0000:0000:0000:0000:0000:0000:0001', prefix: 64 },
    ]),
  )
  await changeLinks(netns, [
    { kind: 'address.remove', index, address: 'fd00::1', prefix: 64 },
    { kind: 'link.delete', name: 'br-0123456789ab' },
  ])
  expect((await listLinks(netns)).map(({ name }) => name)).toEqual(['lo'])
})

test('the first refused change is told, the others are made', async () => {
  const changes = ['a', 'a', 'b'].map((name) => ({ kind: 'bridge.create', name, mtu: 1500 }) as const)
  await expect(changeLinks(netns, changes)).rejects.toMatchObject({
    code: 'EEXIST',
    message: expect.stringContaining('bridge.create a'),
  })
  expect(await listLinks(netns)).toHaveLength(3)
  await changeLinks(netns, [
    { kind: 'link.delete', name: 'a' },
    { kind: 'link.delete', name: 'b' },
  ])
  await expect(changeLinks(netns, [{ kind: 'link.delete', name: 'a' }])).rejects.toMatchObject({
    code: 'ENODEV',
  })
})

test('more links than fit one batch are one call', async () => {
  const names = Array.from({ length: 120 }, (_, i) => `many${i}`)
  await changeLinks(
    netns,
    names.map((name) => ({ kind: 'bridge.create', name, mtu: 1500 }) as const),
  )
  expect(await listLinks(netns)).toHaveLength(121)
})

test.each([
  ['1.2.3.4', '1.2.3.4'],
  ['::', '0000:0000:0000:0000:0000:0000:0000:0000'],
  ['fd00::1', 'fd00:0000:0000:0000:0000:0000:0000:0001'],
  ['1:2:3:4:5:6:7:8', '0001:0002:0003:0004:0005:0006:0007:0008'],
  ['::ffff:1.2.3.4', '0000:0000:0000:0000:0000:ffff:0102:0304'],
])('%s is the bytes of %s', (text, long) => {
  expect(ipText(ipBytes(text))).toBe(long)
})
