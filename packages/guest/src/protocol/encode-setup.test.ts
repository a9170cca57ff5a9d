import { expect, test } from 'vitest'
import { parseAddress, parseMac } from './addresses.ts'
import { encodeProcess } from './encode-process.ts'
import { ItemReader } from './items.ts'
import { outerFirst, parseMountOptions } from './mount-options.ts'
import type { GuestProcess } from './setup.ts'
import { tag } from './wire.ts'

test.each([
  ['10.89.0.2/24', '0a590002', 24],
  ['10.89.0.1', '0a590001', 32],
  ['fd00::2/64', 'fd000000000000000000000000000002', 64],
  ['::', '0'.repeat(32), 128],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008', 128],
  ['::ffff:10.0.0.1', '00000000000000000000ffff0a000001', 128],
])('the address %s in network order', (text, hex, prefix) => {
  const { bytes, prefix: length } = parseAddress(text)
  expect(bytes.toString('hex')).toBe(hex)
  expect(length).toBe(prefix)
})

test.each(['', '10.0.0', '10.0.0.1/33', 'fd00::/129', '10.0.0.1/x', 'host'])('"%s" is no address', (text) => {
  expect(() => parseAddress(text)).toThrow(RangeError)
})

test('MAC addresses', () => {
  expect(parseMac('02:42:0a:59:00:02').toString('hex')).toBe('02420a590002')
  expect(() => parseMac('02:42:0a:59:00')).toThrow(RangeError)
})

test('mount options become flags and data; the later one wins', () => {
  expect(parseMountOptions(['nosuid', 'noexec', 'ro', 'mode=755', 'size=64k', 'rprivate'])).toStrictEqual({
    flags: 2 | 8 | 1,
    data: 'mode=755,size=64k',
  })
  expect(parseMountOptions(['ro', 'rw', 'toString'])).toStrictEqual({ flags: 0, data: 'toString' })
})

test('outer mounts come first, else the order is kept', () => {
  const at = (target: string) =>
    ({ kind: 'filesystem', target, type: 't', source: 's', options: [] }) as const
  const sorted = outerFirst(['/a/b/c', '/b', '/a/b', '/a'].map(at))
  expect(sorted.map(({ target }) => target)).toStrictEqual(['/b', '/a', '/a/b', '/a/b/c'])
})

const process: GuestProcess = {
  args: ['sh'],
  env: [],
  cwd: '/',
  user: '',
  additionalGroups: [],
  capabilities: ['CAP_CHOWN', 'CAP_CHECKPOINT_RESTORE'],
  rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: -1 }],
  noNewPrivileges: false,
  terminal: false,
  openStdin: false,
}

test('capabilities and limits by their numbers', () => {
  const items = new ItemReader(Buffer.concat(encodeProcess(process)))
  expect(items.bigint(tag.capabilities)).toBe(1n | (1n << 40n))
  const rlimit = items.bytes(tag.rlimit)
  expect([0, 8, 16].map((at) => rlimit?.readBigUInt64LE(at))).toStrictEqual([7n, 1024n, 2n ** 64n - 1n])
})

test('unknown capabilities and limits are refused by name', () => {
  expect(() => encodeProcess({ ...process, capabilities: ['CAP_FLY'] })).toThrow(/CAP_FLY/)
  expect(() => encodeProcess({ ...process, rlimits: [{ type: 'RLIMIT_X', soft: 1, hard: 1 }] })).toThrow(
    /RLIMIT_X/,
  )
})
