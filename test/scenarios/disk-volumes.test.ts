import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox', 'redis')
})
afterAll(() => host.destroy())

const file = (services: string, options = '{ type: ext4, size: 64m }') => ({
  'compose.yaml': `services:\n${services}\nvolumes: { data: { driver_opts: ${options} } }\n`,
})
const box = (name: string, volume: string) =>
  `  ${name}: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_grace_period: 0s, volumes: [${volume}] }\n`
const inBox = async (dir: string, service: string, script: string) =>
  (await host.ok(['exec', '-T', service, 'sh', '-c', script], { cwd: dir })).stdout

test('a volume of type ext4 is filled from the image, outlives containers, and dies with `down -v`', async () => {
  const redis =
    '  redis: { image: demo/redis:1, runtime: vm, stop_grace_period: 1s, volumes: ["data:/data", "etc:/etc"] }\n'
  const dir = host.project('disk', {
    'compose.yaml': `services:\n${redis}volumes: { data: { driver_opts: { type: ext4 } }, etc: { driver_opts: { type: ext4, size: 64m } } }\n`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const seen = await inBox(dir, 'redis', 'stat -c %u:%g /data; ls -a /data; grep -c redis /etc/passwd')
  expect(seen).toBe('999:999\n.\n..\n1\n')
  await inBox(dir, 'redis', 'echo kept > /data/file')
  // The archive API reaches it in a container that runs.
  await host.docker(['cp', 'disk-redis-1:/data/file', join(dir, 'copy')])
  expect(existsSync(join(dir, 'copy'))).toBe(true)
  await host.ok(['down'], { cwd: dir })
  await host.ok(['up', '-d'], { cwd: dir })
  expect(await inBox(dir, 'redis', 'cat /data/file')).toBe('kept\n')
  const [volume] = JSON.parse((await host.docker(['volume', 'inspect', 'disk_data'])).stdout)
  expect(volume.Options).toEqual({ type: 'ext4' })
  expect(existsSync(volume.Mountpoint)).toBe(true)
  await host.ok(['down', '-v'], { cwd: dir })
  expect(existsSync(volume.Mountpoint)).toBe(false)
})

test('one container at a time uses it, and the second is told which one does', async () => {
  const dir = host.project('writers', file(box('one', "'data:/d'") + box('two', "'data:/d:ro'")))
  await host.ok(['up', '-d', 'one'], { cwd: dir })
  const second = await host.compose(['up', '-d', 'two'], { cwd: dir })
  expect(second.code).toBe(1)
  expect(second.stderr).toContain('container "writers-one-1" is using it')
  await host.ok(['stop', 'one'], { cwd: dir })
  await host.ok(['up', '-d', 'two'], { cwd: dir })
  const together = await host.docker(['start', 'writers-one-1'])
  expect(together.stderr).toContain('volume "writers_data" is of type ext4')
  await host.ok(['down', '-v'], { cwd: dir })
})

test('a full volume is an error for the program alone, and docker makes, removes and refuses such volumes', async () => {
  const made = await host.docker(['volume', 'create', '-o', 'type=ext4', '-o', 'o=size=16m', 'small'])
  expect(made.stdout).toBe('small\n')
  const run = ['run', '--rm', '--runtime', 'vm', '-v', 'small:/d:nocopy', 'demo/busybox:1', 'sh', '-c']
  const full = await host.docker([...run, 'dd if=/dev/zero of=/d/big bs=1M count=32; echo $?; rm /d/big'])
  expect(full.stdout).toBe('1\n')
  expect(full.stderr).toContain('No space left')
  expect((await host.docker([...run, 'ls /d; echo then > /d/file; cat /d/file'])).stdout).toBe('then\n')
  expect((await host.docker(['volume', 'rm', 'small'])).stdout).toBe('small\n')
  const refused = await host.docker(['volume', 'create', '-o', 'type=ext4', '-o', 'device=/dev/sda', 'other'])
  expect(refused.stderr).toContain('the disk is made by the engine')
})
