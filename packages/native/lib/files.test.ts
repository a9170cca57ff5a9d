import { closeSync, ftruncateSync, mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flock, tryFlock } from './flock.ts'
import { memfd, sealMemfd } from './memfd.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'native-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('a lock has one holder, and the next one gets it when it is closed', async () => {
  const path = join(dir, 'lock')
  const first = await flock(path)
  expect(await tryFlock(path)).toBeUndefined()
  const next = flock(path)
  closeSync(first)
  closeSync(await next)
})

test('a wait for a lock can be given up', async () => {
  const path = join(dir, 'lock')
  const holder = await flock(path)
  await expect(flock(path, { signal: AbortSignal.timeout(5) })).rejects.toThrow()
  closeSync(holder)
})

test('a lock in a folder that is absent says ENOENT', async () => {
  await expect(flock(join(dir, 'absent/lock'))).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' })
})

test('a sealed memfd is neither written nor resized', () => {
  const fd = memfd('test', { size: 4096 })
  writeSync(fd, 'before', 0)
  sealMemfd(fd)
  expect(() => writeSync(fd, 'after', 0)).toThrow('EPERM')
  expect(() => ftruncateSync(fd, 0)).toThrow('EPERM')
  closeSync(fd)
})
