import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bundle, RunningContainer } from '../runtime.ts'
import type { ContractHost } from '../runtime-contract.ts'
import { openVmHost, testEndpoint } from './testing/vm-host.ts'

let host: ContractHost
const started = new Set<RunningContainer>()
beforeEach(async () => {
  host = await openVmHost()
})
afterEach(async () => {
  for (const container of started) await container.destroy()
  started.clear()
  await host.close()
})

const outputOf = async (bundle: Bundle): Promise<string> => {
  const container = await host.runtime.start(bundle, 1)
  started.add(container)
  let text = ''
  for await (const { data } of host.runtime.readLog(bundle, { follow: true })) text += data.toString()
  expect(await container.exited).toMatchObject({ code: 0 })
  return text
}

const shell = (script: string, changes?: Partial<Bundle>): Promise<Bundle> =>
  host.bundle(['/bin/sh', '-c', script], changes)

test.each([0, 2, 3])(
  'a machine with %d endpoints has that many cards with their addresses',
  async (count) => {
    const endpoints = Array.from({ length: count }, (_, index) => testEndpoint(1, index))
    const bundle = await shell('cat /sys/class/net/eth*/address /sys/class/net/eth*/operstate; :', {
      endpoints,
    })
    const lines = (await outputOf(bundle)).split('\n')
    for (const { mac } of endpoints) expect(lines).toContain(mac)
    expect(lines.filter((line) => line === 'up')).toHaveLength(count)
  },
)

test('directories of the host are in the container, read-only where asked', async () => {
  const bundle = await shell('cat /in/file; echo made >/out/file; echo no >/in/file || echo refused')
  const [source, volume] = ['source', 'volume'].map((name) => join(bundle.dir, name))
  if (source === undefined || volume === undefined) throw new Error('no folders')
  for (const path of [source, volume]) mkdirSync(path)
  writeFileSync(join(source, 'file'), 'given\n')
  const hostMounts = [
    { source, target: '/in', readOnly: true, kind: 'bind', profile: 'plain' },
    { source: volume, target: '/out', readOnly: false, kind: 'volume', profile: 'locking' },
  ] as const
  const text = await outputOf({ ...bundle, hostMounts })
  expect(text).toContain('given\n')
  expect(text).toContain('refused\n')
  expect(readFileSync(join(volume, 'file'), 'utf8')).toBe('made\n')
  expect(readFileSync(join(source, 'file'), 'utf8')).toBe('given\n')
  for (const path of [source, volume]) execFileSync('rm', ['-r', path])
})

test('machines that share a directory exclude each other by flock, and the host too', async () => {
  const count =
    'i=0; while [ $i -lt 40 ]; do i=$((i+1)); flock /v/lock sh -c "read n </v/count; echo \\$((n+1)) >/v/count"; done'
  const bundles = [await shell(count), await shell(count)]
  const source = join(bundles[0]?.dir ?? '', 'volume')
  mkdirSync(source)
  writeFileSync(join(source, 'count'), '0\n')
  const hostMounts = [{ source, target: '/v', readOnly: false, kind: 'volume', profile: 'locking' }] as const
  const onHost = promisify(execFile)('sh', ['-c', count.replaceAll('/v/', `${source}/`)])
  await Promise.all([onHost, ...bundles.map((bundle) => outputOf({ ...bundle, hostMounts }))])
  expect(readFileSync(join(source, 'count'), 'utf8')).toBe('120\n')
  execFileSync('rm', ['-r', source])
})

test('QEMU has no privilege, sees little of the host, and leaves no trace', async () => {
  const bundle = await host.bundle(['/bin/sleep', '1000'])
  const container = await host.runtime.start(bundle, 1)
  started.add(container)
  const proc = `/proc/${container.pid}`
  const status = readFileSync(join(proc, 'status'), 'utf8')
  expect(status).toMatch(/^CapPrm:\t0+$/m)
  expect(status).toMatch(/^CapBnd:\t0+$/m)
  expect(status).toMatch(/^NoNewPrivs:\t1$/m)
  expect(status).toMatch(/^Seccomp:\t2$/m)
  expect(status).toMatch(/^Groups:\t *$/m)
  expect(Number(/^Uid:\t(\d+)/m.exec(status)?.[1])).toBeGreaterThan(1_000_000_000)
  for (const kind of ['net', 'mnt', 'ipc', 'uts', 'pid'])
    expect(readlinkSync(`${proc}/ns/${kind}`)).not.toBe(readlinkSync(`/proc/self/ns/${kind}`))
  const root = readdirSync(join(proc, 'root')).toSorted()
  expect(root.filter((name) => !/^(bin|dev|etc|lib|lib64|proc|usr)$/.test(name))).toStrictEqual([])
  expect(readdirSync(join(proc, 'root/etc'))).toStrictEqual(['ld.so.cache'])
  expect(cgroupsOf(bundle.id)).not.toStrictEqual([])
  await container.destroy()
  await container.exited
  await host.runtime.remove(bundle)
  expect(cgroupsOf(bundle.id)).toStrictEqual([])
})

const cgroupsOf = (id: string): string[] =>
  ['', 'memory', 'pids', 'cpu']
    .map((controller) => join('/sys/fs/cgroup', controller, 'container-compose', id))
    .filter((path) => existsSync(path))

test('memory of its own goes back to the host when the guest frees it', async () => {
  // More than the small fragments of the guest's memory, which are never reported.
  const bundle = await shell('dd if=/dev/zero of=/dev/null bs=300M count=1; echo freed; read line', {
    guestMemory: 'own',
    openStdin: true,
  })
  const container = await host.runtime.start(bundle, 1)
  started.add(container)
  for await (const { data } of host.runtime.readLog(bundle, { follow: true }))
    if (data.toString().includes('freed')) break
  expect(mebibytes(container.pid, 'VmHWM')).toBeGreaterThan(300)
  await expect
    .poll(() => mebibytes(container.pid, 'VmRSS'), { timeout: 60_000, interval: 500 })
    .toBeLessThan(220)
})

const mebibytes = (pid: number, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) /
  1024
