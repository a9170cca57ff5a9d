import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyQcow2 } from './qcow2.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qcow2-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const qemuImg = (...args: string[]): Record<string, unknown> =>
  JSON.parse(execFileSync('qemu-img', args, { encoding: 'utf8' }))

test.each([1024 ** 3, 64 * 1024 ** 3, 8 * 1024 ** 4])(
  'qemu-img finds no fault in an image of %d bytes',
  (size) => {
    const path = join(dir, 'disk.qcow2')
    writeFileSync(path, emptyQcow2(size))
    expect(qemuImg('info', '--output=json', path)).toMatchObject({ 'virtual-size': size, format: 'qcow2' })
    const checked = qemuImg('check', '--output=json', path)
    expect(checked).toMatchObject({ 'check-errors': 0 })
    expect(checked).not.toHaveProperty('leaks')
    expect(checked).not.toHaveProperty('corruptions')
  },
)
