import { expect, test } from 'vitest'
import type { HealthState } from '../containers/model.ts'
import { afterProbe, healthPlan, initialHealth, nextProbeIn } from './health-state.ts'

const plan = (more: object = {}) => {
  const made = healthPlan({ Test: ['CMD', 'check'], Interval: 10e9, StartInterval: 1e9, ...more })
  if (made === undefined) throw new Error('no plan')
  return made
}
const probes = (more: object, ...results: readonly [atMs: number, exitCode: number][]): HealthState =>
  results.reduce(
    (health, [at, exitCode]) =>
      afterProbe(plan(more), health, { start: at, end: at + 1, exitCode, output: '' }, 0),
    initialHealth,
  )

test('one success is healthy', () => {
  expect(probes({}, [10, 0])).toMatchObject({ status: 'healthy', failingStreak: 0 })
})

test('as many failures in a row as retries are unhealthy', () => {
  expect(probes({ Retries: 2 }, [1, 1])).toMatchObject({ status: 'starting', failingStreak: 1 })
  expect(probes({ Retries: 2 }, [1, 1], [2, 1])).toMatchObject({ status: 'unhealthy', failingStreak: 2 })
  expect(probes({ Retries: 2 }, [1, 0], [2, 1], [3, 0], [4, 1])).toMatchObject({ status: 'healthy' })
  expect(probes({ Retries: 1 }, [1, 1], [2, 0])).toMatchObject({ status: 'healthy' })
})

test('failures of the start period do not count, unless it was healthy already', () => {
  const more = { Retries: 1, StartPeriod: 5e9 }
  expect(probes(more, [1000, 1], [4999, 1])).toMatchObject({ status: 'starting', failingStreak: 0 })
  expect(probes(more, [1000, 1], [5000, 1])).toMatchObject({ status: 'unhealthy' })
  expect(probes(more, [1000, 0], [2000, 1])).toMatchObject({ status: 'unhealthy' })
})

test('five results are kept', () => {
  const results = Array.from({ length: 7 }, (_, index): [number, number] => [index, 1])
  expect(probes({}, ...results).log.map(({ start }) => start)).toEqual([2, 3, 4, 5, 6])
})

test('probes are more frequent in the start period until the first success', () => {
  const slow = plan({ StartPeriod: 5e9 })
  expect(nextProbeIn(slow, initialHealth, 4999)).toBe(1000)
  expect(nextProbeIn(slow, initialHealth, 5000)).toBe(10_000)
  expect(nextProbeIn(slow, { ...initialHealth, status: 'healthy' }, 100)).toBe(10_000)
})

test('NONE and no test at all check nothing, and CMD-SHELL is given to the shell', () => {
  expect(healthPlan({ Test: ['NONE'] })).toBeUndefined()
  expect(healthPlan({ Interval: 1e9 })).toBeUndefined()
  expect(healthPlan({ Test: ['CMD-SHELL', 'a | b'] })?.command).toEqual(['/bin/sh', '-c', 'a | b'])
  expect(healthPlan({ Test: ['CMD', 'a'] })).toMatchObject({
    intervalMs: 30_000,
    timeoutMs: 30_000,
    startPeriodMs: 0,
    startIntervalMs: 5_000,
    retries: 3,
  })
})
