import { expect, test } from 'vitest'
import { ProtocolError } from './frame.ts'
import { bytesItem, ItemReader, listItem, numberItem, stringItem } from './items.ts'

test('items are read back as they were written', () => {
  const reader = new ItemReader(
    Buffer.concat([
      stringItem(1, 'grüße'),
      numberItem(2, -5),
      numberItem(3, 2n ** 62n),
      listItem(4, [stringItem(5, 'inner')]),
      stringItem(6, 'first'),
      stringItem(6, 'last'),
    ]),
  )
  expect(reader.string(1)).toBe('grüße')
  expect(reader.number(2)).toBe(-5)
  expect(reader.bigint(3)).toBe(2n ** 62n)
  expect(new ItemReader(reader.bytes(4) ?? Buffer.alloc(0)).string(5)).toBe('inner')
  expect(reader.string(6)).toBe('last')
  expect(reader.all(6).length).toBe(2)
  expect(reader.string(9)).toBeUndefined()
})

test('a length that does not fit, a cut header and a number of the wrong size are refused', () => {
  const long = stringItem(1, 'text')
  long.writeUInt32LE(100, 4)
  expect(() => new ItemReader(long)).toThrow(ProtocolError)
  expect(() => new ItemReader(Buffer.alloc(7))).toThrow(ProtocolError)
  expect(() => new ItemReader(bytesItem(1, Buffer.alloc(4))).number(1)).toThrow(ProtocolError)
})

test('a string that would end early in C is refused', () => {
  expect(() => stringItem(1, 'a\0b')).toThrow(TypeError)
})
