import { expect, test } from 'vitest'
import { frame } from './frames.ts'

test('a frame begins with the stream and the length', () => {
  expect([...frame('stdout', Buffer.from('hi'))]).toEqual([1, 0, 0, 0, 0, 0, 0, 2, 104, 105])
  expect([...frame('stderr', Buffer.alloc(0))]).toEqual([2, 0, 0, 0, 0, 0, 0, 0])
})
