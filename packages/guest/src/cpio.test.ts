import { expect, test } from 'vitest'
import { writeCpio } from './cpio.ts'

test('members have headers of the format, names and data padded to four bytes', () => {
  const archive = writeCpio([
    { name: 'dir', mode: 0o40755 },
    { name: 'dir/f', mode: 0o100644, data: Buffer.from('hello') },
  ])
  expect(archive.length % 4).toBe(0)
  const text = archive.toString('latin1')
  expect(text.slice(0, 22)).toBe('07070100000001000041ed')
  const second = text.indexOf('070701', 6)
  expect(second).toBe(Math.ceil((110 + 4) / 4) * 4)
  expect(text.slice(second + 54, second + 62)).toBe('00000005')
  expect(text.slice(second + 116, second + 121)).toBe('hello')
  expect(text.includes('TRAILER!!!')).toBe(true)
})
