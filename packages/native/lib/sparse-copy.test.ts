import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memfd } from './memfd.ts'
import { copyData } from './sparse-copy.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sparse-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('only data goes over, to the same places', async () => {
  const from = memfd('from', { size: 64 << 20 })
  const path = join(dir, 'to')
  const to = openSync(path, 'w+')
  ftruncateSync(to, 64 << 20)
  writeSync(from, Buffer.alloc(8192), 0, 8192, 0) // written, yet zero
  writeSync(from, 'begin', 4096 * 3)
  writeSync(from, Buffer.alloc(3 << 20, 'x'), 0, 3 << 20, 10 << 20)
  expect(await copyData(from, to)).toBe(4096 + (3 << 20))

  const read = Buffer.alloc(5)
  readSync(to, read, 0, 5, 4096 * 3)
  expect(read.toString()).toBe('begin')
  readSync(to, read, 0, 5, (13 << 20) - 4)
  expect(read.toString('latin1')).toBe('xxxx\0')
  expect(statSync(path).blocks * 512).toBeLessThan(4 << 20)
  closeSync(from)
  closeSync(to)
})

test('a descriptor that is none is an error', async () => {
  await expect(copyData(9999, 9998)).rejects.toMatchObject({ code: 'EBADF' })
})
