import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox', 'redis')
})
afterAll(() => host.destroy())

const service = (lines: string) => `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    stop_grace_period: 1s
    ${lines}
volumes: { data: {} }
`
const box = (dir: string, script: string) =>
  host.compose(['exec', '-T', 'box', 'sh', '-c', script], { cwd: dir })

test('data in a named volume survives `down` and dies with `down -v`', async () => {
  const dir = host.project('volume', { 'compose.yaml': service("volumes: ['data:/data']") })
  await host.ok(['up', '-d'], { cwd: dir })
  expect((await box(dir, 'echo kept > /data/file && sync')).code).toBe(0)
  await host.ok(['down'], { cwd: dir })
  await host.ok(['up', '-d'], { cwd: dir })
  expect((await box(dir, 'cat /data/file')).stdout).toBe('kept\n')
  await host.ok(['down', '-v'], { cwd: dir })
  await host.ok(['up', '-d'], { cwd: dir })
  expect((await box(dir, 'cat /data/file')).code).not.toBe(0)
  await host.ok(['down', '-v'], { cwd: dir })
})

test('a new volume is filled from the image, with owners and modes', async () => {
  const dir = host.project('fill', {
    'compose.yaml': `
services:
  redis: { image: demo/redis:1, runtime: vm, volumes: ['data:/data', 'etc:/etc'], stop_grace_period: 1s }
volumes: { data: {}, etc: {} }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const passwd = await host.compose(
    ['exec', '-T', 'redis', 'sh', '-c', 'grep -c redis /etc/passwd; ls -ldn /data'],
    { cwd: dir },
  )
  expect(passwd.stdout).toMatch(/^1\n\S+ +\d+ +999 +999 /)
  await host.ok(['down', '-v'], { cwd: dir })
})

test('a bind-mounted directory is the same on both sides, and a change on the host is seen', async () => {
  const dir = host.project('bind', {
    'compose.yaml': service("volumes: ['./src:/src', './fixed:/fixed:ro', './file:/etc/one.conf']"),
    'src/a': 'one\n',
    'fixed/f': 'still\n',
    file: 'alone\n',
  })
  await host.ok(['up', '-d'], { cwd: dir })
  expect((await box(dir, 'cat /src/a /fixed/f /etc/one.conf')).stdout).toBe('one\nstill\nalone\n')

  writeFileSync(join(dir, 'src/a'), 'two\n')
  await eventually(async () => (await box(dir, 'cat /src/a')).stdout === 'two\n', 'the new content')
  appendFileSync(join(dir, 'src/a'), 'three\n')
  await eventually(async () => (await box(dir, 'cat /src/a')).stdout === 'two\nthree\n', 'the longer content')
  mkdirSync(join(dir, 'src/new/deep'), { recursive: true })
  writeFileSync(join(dir, 'src/new/deep/x'), 'x')
  await eventually(
    async () => (await box(dir, 'cat /src/new/deep/x')).stdout === 'x',
    'a file in a new directory',
  )
  rmSync(join(dir, 'src/new'), { recursive: true })
  await eventually(async () => (await box(dir, 'ls /src')).stdout === 'a\n', 'the deletion')

  expect(
    (await box(dir, 'echo guest > /src/g && mkdir /src/d && mv /src/g /src/d/h && ln -s h /src/d/l')).code,
  ).toBe(0)
  expect(readFileSync(join(dir, 'src/d/l'), 'utf8')).toBe('guest\n')
  expect((await box(dir, 'echo no > /fixed/f')).stderr).toContain('Read-only')
  expect((await box(dir, 'rm /fixed/f')).code).not.toBe(0)
  expect(readFileSync(join(dir, 'fixed/f'), 'utf8')).toBe('still\n')
  await host.ok(['down'], { cwd: dir })
  expect(existsSync(join(dir, 'src/a'))).toBe(true)
})

test('a machine gets no further than the directory that is mounted', async () => {
  const dir = host.project('escape', {
    'compose.yaml': service("volumes: ['./src:/src']"),
    'src/a': '',
    secret: 'hidden\n',
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const tries = `ln -s ../secret /src/up; ln -s ${dir}/secret /src/abs; cat /src/up; cat /src/abs; cat /src/../secret`
  const { stdout } = await box(dir, tries)
  expect(stdout).not.toContain('hidden')
  expect((await box(dir, 'mknod /src/sda b 8 0')).code).not.toBe(0)
  await host.ok(['down'], { cwd: dir })
})
