import { deferred } from '@container-compose/core'
import { expect, test } from 'vitest'
import { UpWatch } from './up-watch.ts'

const watchOf = (watch: (signal: AbortSignal) => Promise<void>) => {
  const told: unknown[] = []
  const upWatch = new UpWatch({
    watch,
    changed: (isOn) => told.push(isOn),
    failed: (error) => told.push(String(error)),
  })
  return { upWatch, told }
}

test('what is turned on again begins when what was under way before has ended', async () => {
  const ends = [deferred<void>(), deferred<void>()]
  let begun = 0
  const { upWatch, told } = watchOf(() => (ends[begun++] as (typeof ends)[number]).promise)
  upWatch.start()
  upWatch.start()
  await Promise.resolve()
  upWatch.stop()
  upWatch.start()
  await new Promise(setImmediate)
  expect([begun, told]).toEqual([1, [true, false, true]])
  ends[0]?.resolve()
  await new Promise(setImmediate)
  expect([begun, upWatch.isOn]).toEqual([2, true])
  upWatch.stop()
  ends[1]?.resolve()
  await upWatch.settled
  expect(told).toEqual([true, false, true, false])
})

test('watching that fails is off, and can be turned on again', async () => {
  const { upWatch, told } = watchOf(() => Promise.reject(new Error('no')))
  upWatch.start()
  await upWatch.settled
  expect(told).toEqual([true, 'Error: no', false])
  expect(upWatch.isOn).toBe(false)
})
