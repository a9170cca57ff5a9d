import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstWrites } from './first-writes.ts'
import { clusterBytes, newQcow2 } from './qcow2.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qcow2-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const qemuImg = (...args: string[]): Record<string, unknown> =>
  JSON.parse(execFileSync('qemu-img', args, { encoding: 'utf8' }))

const expectFaultless = (path: string): void => {
  const checked = qemuImg('check', '--output=json', path)
  expect(checked).toMatchObject({ 'check-errors': 0 })
  expect(checked).not.toHaveProperty('leaks')
  expect(checked).not.toHaveProperty('corruptions')
}

test.each([1024 ** 3, 64 * 1024 ** 3, 8 * 1024 ** 4])(
  'qemu-img finds no fault in an image of %d bytes',
  (size) => {
    const path = join(dir, 'disk.qcow2')
    writeFileSync(path, newQcow2(size))
    expect(qemuImg('info', '--output=json', path)).toMatchObject({ 'virtual-size': size, format: 'qcow2' })
    expectFaultless(path)
  },
)

test('clusters that an image has from the beginning are where they belong, and nothing else is there', () => {
  const path = join(dir, 'disk.qcow2')
  const clusters = [
    { index: 0, data: Buffer.alloc(clusterBytes, 0x41) },
    { index: 20_000, data: Buffer.alloc(clusterBytes, 0x42) },
  ]
  writeFileSync(path, newQcow2(2 * 1024 ** 3, clusters))
  expectFaultless(path)
  const far = 20_000 * clusterBytes
  const patterns = [
    `0x41 0 ${clusterBytes}`,
    `0x42 ${far} ${clusterBytes}`,
    ...[clusterBytes, far - clusterBytes, far + clusterBytes].map((at) => `0 ${at} ${clusterBytes}`),
  ]
  const reads = patterns.flatMap((pattern) => ['-c', `read -P ${pattern}`])
  const output = execFileSync('qemu-io', ['-r', '-f', 'qcow2', ...reads, path], { encoding: 'utf8' })
  expect(output).not.toContain('Pattern verification failed')
  expect(output.match(/^read /gm)).toHaveLength(5)
})

test.each(['64m', '1g', '8g'])(
  'a mount writes the superblock and the journal: of a file system of %s both are known',
  async (size) => {
    const path = join(dir, 'base.ext4')
    execFileSync('mke2fs', ['-q', '-t', 'ext4', '-E', 'lazy_itable_init=1,lazy_journal_init=1', path, size])
    const base = await open(path)
    const [first, journal, ...more] = await firstWrites(base)
    await base.close()
    expect(more).toStrictEqual([])
    expect(first?.index).toBe(0)
    const blocks = execFileSync('debugfs', ['-R', 'stat <8>', path], { encoding: 'utf8', stdio: 'pipe' })
    const block = Number(/EXTENTS:\s*\(0(?:-\d+)?\):(\d+)/.exec(blocks)?.[1])
    const blockBytes = size === '64m' ? 1024 : 4096
    expect(journal?.index).toBe(Math.floor((block * blockBytes) / clusterBytes))
    // The magic number of a journal (jbd2).
    expect(journal?.data.readUInt32BE((block * blockBytes) % clusterBytes)).toBe(0xc03b3998)
  },
)

test('of a file that is no file system only the beginning is taken', async () => {
  const path = join(dir, 'none')
  writeFileSync(path, 'text')
  const base = await open(path)
  expect((await firstWrites(base)).map(({ index }) => index)).toStrictEqual([0])
  await base.close()
})
