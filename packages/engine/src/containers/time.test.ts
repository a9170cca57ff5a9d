import { expect, test } from 'vitest'
import { parseTime, rfc3339, rfc3339Nano } from './time.ts'

test('times of a query keep their nanoseconds', () => {
  expect(parseTime('1700000000')).toBe(1_700_000_000_000_000_000n)
  expect(parseTime('1700000000.000000001')).toBe(1_700_000_000_000_000_001n)
  expect(parseTime('2023-11-14T22:13:20.123456789Z')).toBe(1_700_000_000_123_456_789n)
  expect(parseTime('2023-11-14T23:13:20+01:00')).toBe(1_700_000_000_000_000_000n)
  expect(parseTime('0')).toBeUndefined()
  expect(() => parseTime('yesterday')).toThrow(RangeError)
})

test('zero is never, and nanoseconds have nine digits', () => {
  expect(rfc3339(0)).toBe('0001-01-01T00:00:00Z')
  expect(rfc3339Nano(1_700_000_000_000_000_001n)).toBe('2023-11-14T22:13:20.000000001Z')
})
