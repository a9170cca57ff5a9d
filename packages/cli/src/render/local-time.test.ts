import { afterEach, expect, test } from 'vitest'
import { localTime } from './local-time.ts'

const zone = process.env['TZ']
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

test.each([
  ['UTC', '2026-01-02T03:04:05.678000000Z'],
  ['Asia/Kolkata', '2026-01-02T08:34:05.678000000+05:30'],
  ['America/St_Johns', '2026-01-01T23:34:05.678000000-03:30'],
])('the time in %s has its offset and nine digits of a second', (name, expected) => {
  process.env['TZ'] = name
  expect(localTime(Date.parse('2026-01-02T03:04:05.678Z'))).toBe(expected)
})
