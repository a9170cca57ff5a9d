import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureDisk } from './ext4-disk.ts'
import { openVolumes } from './local-volumes.ts'
import type { Volume } from './volumes.ts'

let folder = ''
let volume: Volume
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-disk-'))
  const volumes = openVolumes({ dir: folder, onSetAside: () => {} })
  volume = await volumes.create({ name: 'data', options: { type: 'ext4', size: '16m' } })
})
afterEach(() => rmSync(folder, { recursive: true }))

const debugfs = (command: string): string =>
  execFileSync('/usr/sbin/debugfs', ['-R', command, volume.mountpoint], { encoding: 'utf8', stdio: 'pipe' })

test('the root of a disk is as the directory that it was made from, without lost+found', async () => {
  await ensureDisk(volume, async (directory) => {
    chownSync(directory, 999, 70_000)
    chmodSync(directory, 0o1770)
    mkdirSync(join(directory, 'sub'), { mode: 0o750 })
    writeFileSync(join(directory, 'sub/file'), 'text')
    chownSync(join(directory, 'sub/file'), 5, 6)
    symlinkSync('/etc/passwd', join(directory, 'link'))
  })
  expect(debugfs('stat /')).toMatch(/Mode: +01770 .*User: +999 +Group: 70000 /s)
  const names = debugfs('ls -p /').match(/(?<=\/)[^/]+(?=\/\d*\/$)/gm)
  expect(names?.toSorted()).toEqual(['.', '..', 'link', 'sub'])
  expect(debugfs('cat sub/file')).toBe('text')
  expect(debugfs('stat sub/file')).toMatch(/User: +5 +Group: +6 /)
  execFileSync('/usr/sbin/e2fsck', ['-fn', volume.mountpoint], { stdio: 'ignore' })
  expect(readdirSync(join(folder, 'data')).toSorted()).toEqual(['disk.ext4', 'volume.json'])
  // Sparse.
  expect(statSync(volume.mountpoint).blocks * 512).toBeLessThan(2 ** 20)
})

test('a disk that is there is left as it is', async () => {
  writeFileSync(volume.mountpoint, 'what a guest has written')
  await ensureDisk(volume, () => Promise.reject(new Error('not asked')))
  expect(readFileSync(volume.mountpoint, 'utf8')).toBe('what a guest has written')
})

test('content that has no room leaves no disk', async () => {
  const making = ensureDisk(volume, async (directory) => {
    writeFileSync(join(directory, 'big'), Buffer.alloc(20 * 2 ** 20, 1))
  })
  await expect(making).rejects.toMatchObject({
    status: 400,
    message: /^create data: its disk was not made: /,
  })
  expect(readdirSync(join(folder, 'data'))).toEqual(['volume.json'])
})

test('what a crash has left of the making of a disk is made again', async () => {
  const work = join(folder, 'data/.making')
  mkdirSync(join(work, 'content/old'), { recursive: true })
  writeFileSync(join(work, 'disk.ext4'), '')
  truncateSync(join(work, 'disk.ext4'), 16 * 2 ** 20)
  await ensureDisk(volume, async () => {})
  expect(debugfs('ls -p /')).not.toContain('old')
})
