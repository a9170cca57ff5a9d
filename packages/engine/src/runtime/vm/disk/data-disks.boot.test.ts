import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DiskMount } from '../../host-mounts.ts'
import type { Bundle, RunningContainer } from '../../runtime.ts'
import { Held } from '../machine/held.ts'
import { makeTestDisk } from '../testing/test-disk.ts'
import { openVmHost, type VmHost } from '../testing/vm-host.ts'
import { openDataDisks } from './data-disks.ts'

let host: VmHost
const started = new Set<RunningContainer>()
const mounted: string[] = []
beforeEach(async () => {
  host = await openVmHost()
})
afterEach(async () => {
  for (const container of started) await container.destroy()
  started.clear()
  for (const path of mounted.splice(0)) execFileSync('umount', [path])
  await host.close()
})

const at = (file: string, target = '/data', readOnly = false): DiskMount => ({
  ...{ volume: 'data', file, target, readOnly },
})

const start = async (
  script: string,
  diskMounts: readonly DiskMount[],
): Promise<[Bundle, RunningContainer]> => {
  const bundle = await host.bundle(['/bin/sh', '-c', script], { diskMounts })
  const container = await host.runtime.start(bundle, 1)
  started.add(container)
  return [bundle, container]
}

const outputOf = async (script: string, diskMounts: readonly DiskMount[]): Promise<string> => {
  const [bundle] = await start(script, diskMounts)
  return textOf(bundle)
}

const textOf = async (bundle: Bundle, until?: string): Promise<string> => {
  let text = ''
  for await (const { data } of host.runtime.readLog(bundle, { follow: true })) {
    text += data.toString()
    if (until !== undefined && text.includes(until)) break
  }
  return text
}

test('disks are mounted where asked, each once, read-only where asked, and keep what is written', async () => {
  const [one, two] = [await makeTestDisk(host.root, 'one'), await makeTestDisk(host.root, 'two')]
  const mounts = [at(two, '/b/c'), at(one, '/a'), at(one, '/ro', true)]
  const first = await outputOf(
    'ls -a /a; echo kept >/a/file; cat /ro/file; echo no >/ro/file || echo refused; echo other >/b/c/file',
    mounts,
  )
  expect(first).toMatch(/^\.\n\.\.\nkept\n.*\nrefused\n$/)
  expect(await outputOf('cat /a/file /b/c/file', mounts)).toBe('kept\nother\n')
})

test('what a guest has synced is on the disk when its machine is killed amid writes', async () => {
  const file = await makeTestDisk(host.root, 'data')
  const script =
    'i=0; while :; do i=$((i+1)); echo $i | dd of=/data/last conv=fsync 2>/dev/null; echo synced $i; done'
  const [bundle, container] = await start(script, [at(file)])
  const text = await textOf(bundle, 'synced 10\n')
  await container.destroy()
  await container.exited
  const [, synced] = /synced (\d+)\n$/.exec(text) ?? []
  expect(Number(await outputOf('cat /data/last', [at(file)]))).toBeGreaterThanOrEqual(Number(synced))
})

test('a machine holds the lock of its disks as long as it lives', async () => {
  const file = await makeTestDisk(host.root, 'data')
  const [, container] = await start('sleep 1000', [at(file)])
  const held = new Held()
  await expect(openDataDisks([at(file)], held, 0)).rejects.toThrow(
    'another virtual machine has the disk of volume data',
  )
  await container.destroy()
  await container.exited
  await openDataDisks([at(file)], held, 0)
  await held.close()
})

test('a full disk of the host is an error for the guest, and the volume comes back when there is room', async () => {
  const folder = join(host.root, 'small')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder])
  mounted.push(folder)
  const file = await makeTestDisk(folder, 'data')
  const text = await outputOf(
    'echo before | dd of=/data/before conv=fsync; dd if=/dev/zero of=/data/big bs=1M count=40 conv=fsync && echo written || echo failed',
    [at(file)],
  )
  expect(text).toContain('failed\n')
  expect(host.warnings).toHaveLength(1)
  expect(String(host.warnings[0])).toMatch(/^DiskError: .* test-1: No space left on device/)
  execFileSync('mount', ['-o', 'remount,size=200m', folder])
  expect(await outputOf('cat /data/before; echo after >/data/after; cat /data/after', [at(file)])).toBe(
    'before\nafter\n',
  )
})

test('what is deleted goes back to the host', async () => {
  const file = await makeTestDisk(host.root, 'data')
  await outputOf('dd if=/dev/zero of=/data/big bs=1M count=20 conv=fsync', [at(file)])
  const full = statSync(file).blocks
  // Freed blocks are told of when the journal has them, in fields 12 and later of the disk's counts.
  const deletion =
    ': >/data/big; dd of=/data/end if=/dev/null conv=fsync; d=0; while [ $d = 0 ]; do set -- $(cat /sys/block/vdb/stat); shift 11; d=$1; done'
  await outputOf(deletion, [at(file)])
  expect(statSync(file).blocks).toBeLessThan(full - 30_000)
})
