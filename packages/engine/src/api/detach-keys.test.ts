import { expect, test } from 'vitest'
import { DetachDetector, parseDetachKeys } from './detach-keys.ts'

test('keys are letters or control characters', () => {
  expect([...parseDetachKeys('')]).toEqual([16, 17])
  expect([...parseDetachKeys('ctrl-a,x,ctrl-@')]).toEqual([1, 120, 0])
  expect(() => parseDetachKeys('ctrl-p,no')).toThrow(expect.objectContaining({ status: 400 }))
})

test('the sequence is found across pieces and does not reach the program', () => {
  const detector = new DetachDetector(parseDetachKeys(''))
  expect(detector.push(Buffer.from('ab\x10'))).toEqual({ pass: Buffer.from('ab'), detached: false })
  expect(detector.push(Buffer.from('c\x10'))).toEqual({ pass: Buffer.from('\x10c'), detached: false })
  expect(detector.push(Buffer.from('\x11z'))).toEqual({ pass: Buffer.from(''), detached: true })
})
