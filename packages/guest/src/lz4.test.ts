import { expect, test } from 'vitest'
import { unpackLz4Legacy } from './lz4.ts'

/** One literal, a match that overlaps itself 19 bytes long, three literals. */
const block = Buffer.from([0x1f, 0x61, 1, 0, 0, 0x30, 0x78, 0x79, 0x7a])

const archive = (...blocks: Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([2, 0x21, 0x4c, 0x18]),
    ...blocks.flatMap((bytes) => [Buffer.from([bytes.length, 0, 0, 0]), bytes]),
  ])

const unpacked = `${'a'.repeat(20)}xyz`

test('blocks are unpacked one behind the other', () => {
  expect(unpackLz4Legacy(archive(block), 23).toString()).toBe(unpacked)
  expect(unpackLz4Legacy(archive(block, block), 46).toString()).toBe(unpacked + unpacked)
})

test.each([
  ['a block that is cut short', archive(block).subarray(0, -2), 23],
  ['more than there is room for', archive(block), 10],
  ['a match before the beginning', archive(Buffer.from([0x1f, 0x61, 2, 0, 0, 0x10, 0x78])), 23],
  ['less than promised', archive(block), 30],
])('%s is refused', (_, bytes, size) => {
  expect(() => unpackLz4Legacy(bytes, size)).toThrow(RangeError)
})
