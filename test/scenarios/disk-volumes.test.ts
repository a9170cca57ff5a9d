import { existsSync, readFileSync } from 'node:fs'
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
  const seen = await inBox(dir, 'redis', 'stat -c %u:%g /data; grep -c redis /etc/passwd; ls -a /data')
  expect(seen).toMatch(/^999:999\n1\n/)
  expect(seen).not.toContain('lost+found')
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
  await host.ok(['down', '-v'], { cwd: dir })
})

test('docker cp reaches the volumes of a container that does not run, as its process does later', async () => {
  const dir = host.project('copy', { file: 'copied\n', 'fixed/file': 'fixed\n' })
  await host.docker(['volume', 'create', '-o', 'type=ext4', '-o', 'size=64m', 'disk'])
  const mounts = ['-v', 'directory:/a', '-v', 'disk:/b', '-v', `${dir}/fixed:/c:ro`]
  const image = ['demo/busybox:1', 'sh', '-c', 'cat /a/file /b/file; echo more >> /b/file']
  const made = await host.docker(['create', '--name', 'filled', '--runtime', 'vm', ...mounts, ...image])
  expect(made.stderr).toBe('')
  for (const target of ['/a/', '/b/'])
    expect((await host.docker(['cp', `${dir}/file`, `filled:${target}`])).stderr).not.toContain('rror')
  expect((await host.docker(['cp', `${dir}/file`, 'filled:/c/'])).stderr).toContain('ead-only')
  expect((await host.docker(['start', '-a', 'filled'])).stdout).toBe('copied\ncopied\n')
  await host.docker(['cp', 'filled:/b/file', `${dir}/back`])
  expect(readFileSync(join(dir, 'back'), 'utf8')).toBe('copied\nmore\n')
  await host.docker(['cp', 'filled:/c/file', `${dir}/back`])
  expect(readFileSync(join(dir, 'back'), 'utf8')).toBe('fixed\n')
  await host.docker(['rm', 'filled'])
  await host.docker(['volume', 'rm', 'disk', 'directory'])
})

test('a part of a volume is mounted alone, of a directory and of a disk', async () => {
  const parts = ['directory', 'disk'].flatMap((source) =>
    ['part/of', 'file'].map(
      (subpath) =>
        `{ type: volume, source: ${source}, target: /${source}/${subpath}, volume: { subpath: ${subpath} } }`,
    ),
  )
  const dir = host.project('parts', {
    'compose.yaml': `
services:
  whole: { image: demo/busybox:1, runtime: vm, command: [sh, /fill.sh], volumes: ['directory:/a', 'disk:/b', './fill.sh:/fill.sh:ro'] }
  part:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'cat /directory/part/of/x /directory/file /disk/part/of/x /disk/file; ls /disk']
    volumes: [${parts.join(', ')}]
    depends_on: { whole: { condition: service_completed_successfully } }
  out:
    image: demo/busybox:1
    runtime: vm
    command: [cat, /x]
    volumes: [{ type: volume, source: directory, target: /x, volume: { subpath: out } }]
volumes: { directory: {}, disk: { driver_opts: { type: ext4, size: 64m } } }
`,
    'fill.sh':
      'for v in a b; do cd /$v; mkdir -p part/of; echo $v > part/of/x; echo $v > file; ln -s /etc/passwd out; done',
  })
  const { stdout } = await host.ok(['up', '--no-log-prefix', 'part'], { cwd: dir })
  expect(stdout).toContain('a\na\nb\nb\nfile\npart\n')
  // A link in a volume is none to the host's files.
  const out = await host.compose(['up', 'out'], { cwd: dir })
  expect(out.code).not.toBe(0)
  expect(out.stdout + out.stderr).toMatch(/mount out of .*No such file/)
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
