import { expect, test } from 'vitest'
import { restartDelay, restarts, restartsAtBoot } from './restart-policy.ts'

const failed = { exitCode: 1, restartCount: 0, stoppedByUser: false }
const policy = (Name: 'no' | 'always' | 'on-failure' | 'unless-stopped', MaximumRetryCount = 0) => ({
  Name,
  MaximumRetryCount,
})

test('no policy, no restart', () => {
  expect(restarts(policy('no'), failed)).toBe(false)
})

test('always and unless-stopped restart after success too', () => {
  expect(restarts(policy('always'), { ...failed, exitCode: 0 })).toBe(true)
  expect(restarts(policy('unless-stopped'), { ...failed, exitCode: 0 })).toBe(true)
})

test('on-failure restarts after failures, so many times', () => {
  expect(restarts(policy('on-failure'), { ...failed, exitCode: 0 })).toBe(false)
  expect(restarts(policy('on-failure'), { ...failed, restartCount: 99 })).toBe(true)
  expect(restarts(policy('on-failure', 2), { ...failed, restartCount: 1 })).toBe(true)
  expect(restarts(policy('on-failure', 2), { ...failed, restartCount: 2 })).toBe(false)
})

test('what a user stopped stays stopped; at boot only always overrules that', () => {
  expect(restarts(policy('always'), { ...failed, stoppedByUser: true })).toBe(false)
  expect(restartsAtBoot(policy('always'), { stoppedByUser: true })).toBe(true)
  expect(restartsAtBoot(policy('unless-stopped'), { stoppedByUser: true })).toBe(false)
  expect(restartsAtBoot(policy('unless-stopped'), { stoppedByUser: false })).toBe(true)
  expect(restartsAtBoot(policy('on-failure'), { stoppedByUser: false })).toBe(false)
})

test('the delay doubles up to a minute and begins anew after ten good seconds', () => {
  expect([0, 100, 200, 400].map((previous) => restartDelay(previous, 5))).toEqual([100, 200, 400, 800])
  expect(restartDelay(59_000, 5)).toBe(60_000)
  expect(restartDelay(59_000, 10_000)).toBe(100)
})
