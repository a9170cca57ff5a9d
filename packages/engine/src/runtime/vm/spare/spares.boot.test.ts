import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Bundle, RunningContainer } from '../../runtime.ts'
import { makeTestDisk } from '../testing/test-disk.ts'
import { openVmHost, type VmHost } from '../testing/vm-host.ts'

let host: VmHost
const started = new Set<RunningContainer>()
beforeEach(async () => {
  host = await openVmHost('on')
  await host.runtime.prepare()
})
afterEach(async () => {
  for (const container of started) await container.destroy()
  started.clear()
  await host.close()
})

const spareFolder = (): string | undefined =>
  readdirSync(join(host.root, 'run'))
    .filter((name) => name.startsWith('spare-'))
    .map((name) => join(host.root, 'run', name))[0]

/** The folder of the spare, when there is one. */
const spare = async (): Promise<{ folder: string; pid: number }> => {
  await expect.poll(() => host.runtime.hasSpare, { timeout: 120_000 }).toBe(true)
  const folder = spareFolder() ?? ''
  return { folder, pid: Number(readFileSync(join(folder, 'pid'), 'utf8')) }
}

const start = async (bundle: Bundle, run = 1): Promise<RunningContainer> => {
  const container = await host.runtime.start(bundle, run)
  started.add(container)
  return container
}

const textOf = async (bundle: Bundle): Promise<string> => {
  let text = ''
  for await (const { data } of host.runtime.readLog(bundle, { follow: true })) text += data.toString()
  return text
}

/** It has ended when that is told, and has a number until its parent has heard of it. */
const toBeGone = (pid: number): Promise<void> =>
  expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false)

/** Clock ticks of CPU (proc(5)). */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[11]) + Number(fields[12])
}

test('a container that starts in a spare is as any other, and keeps its disks in the next one', async () => {
  const script =
    'cat /etc/hostname /sys/class/net/eth0/address; cat /proc/net/fib_trie; echo >>/count; wc -l </count; cat /data/count; wc -l </count >/data/count; exit 7'
  const file = await makeTestDisk(host.root, 'volume')
  const diskMounts = [{ volume: 'volume', file, target: '/data', readOnly: false }]
  const bundle = await host.bundle(['/bin/sh', '-c', script], { diskMounts })
  for (const run of [1, 2]) {
    const { pid, folder } = await spare()
    const container = await start(bundle, run)
    expect(container.pid).toBe(pid)
    expect(host.runtime.hasSpare).toBe(false)
    expect(readdirSync(join(folder, '..'))).not.toContain(folder)
    expect(await container.exited).toMatchObject({ code: 7, oomKilled: false })
  }
  const lines = (await textOf(bundle)).split('\n')
  expect(lines[0]).toBe('box')
  expect(lines[1]).toBe(bundle.endpoints[0]?.mac)
  expect(lines.join('\n')).toContain('10.89.0.2')
  // The address that it has practised with.
  expect(lines.join('\n')).not.toContain('192.0.2.')
  expect(lines.filter((line) => /^\d$/.test(line))).toStrictEqual(['1', '2', '1'])
  expect(host.warnings).toStrictEqual([])
})

test('a spare costs no processor time, and is nowhere when the runtime has closed', async () => {
  const { pid } = await spare()
  // It may still be settling down when it is there.
  let quietSeconds = 0
  for (let second = 0; second < 20 && quietSeconds < 2; second += 1) {
    const before = cpuOf(pid)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    quietSeconds = cpuOf(pid) === before ? quietSeconds + 1 : 0
  }
  expect(quietSeconds).toBe(2)
  await host.runtime.close()
  expect(spareFolder()).toBeUndefined()
  await toBeGone(pid)
})

test('another engine takes over what runs in a spare', async () => {
  const bundle = await host.bundle(['/bin/sh', '-c', 'read line; echo $line; exit 4'], { openStdin: true })
  await spare()
  const container = await start(bundle)
  await container.release()
  started.delete(container)
  const adopted = await host.another().adopt(bundle, 1)
  if (!('exited' in adopted)) throw new Error('it has ended')
  started.add(adopted)
  await adopted.writeStdin(Buffer.from('heard\n'))
  expect(await adopted.exited).toMatchObject({ code: 4 })
  expect(await textOf(bundle)).toBe('heard\n')
})

test('a spare that can not be used keeps no container from starting', async () => {
  const { folder, pid } = await spare()
  rmSync(join(folder, 'plain.sock'))
  const bundle = await host.bundle(['/bin/sh', '-c', 'echo started'])
  const container = await start(bundle)
  expect(container.pid).not.toBe(pid)
  expect(await container.exited).toMatchObject({ code: 0 })
  expect(await textOf(bundle)).toBe('started\n')
  expect(host.warnings).toHaveLength(1)
  await toBeGone(pid)
})

test('what can not be executed is refused as ever, and other shapes start without the spare', async () => {
  const { pid } = await spare()
  const other = await start(await host.bundle(['/bin/sleep', '1000'], { guestMemory: 'own' }))
  expect(other.pid).not.toBe(pid)
  await expect(host.runtime.start(await host.bundle(['/bin/absent']), 1)).rejects.toMatchObject({
    name: 'StartError',
    exitCode: 127,
  })
  await toBeGone(pid)
})

test('a start whose network or ports are refused ends with that reason, before anything of the container has run', async () => {
  const { pid } = await spare()
  const bundle = await host.bundle(['/bin/sh', '-c', 'echo ran'])
  const reason = new Error('the port is taken')
  const refused = new Promise((_, reject) => setTimeout(() => reject(reason), 100))
  await expect(host.runtime.start(bundle, 1, refused)).rejects.toBe(reason)
  await toBeGone(pid)
  expect(await textOf(bundle)).toBe('')
  const container = await start(bundle, 2)
  expect(await container.exited).toMatchObject({ code: 0 })
  expect(await textOf(bundle)).toBe('ran\n')
})
