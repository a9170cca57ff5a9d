import { chmodSync, mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'
import { endWatching, startWatch, Watching } from '../watching.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterEach(endWatching)
afterAll(() => host.destroy())

const sleeps = `image: demo/busybox:1
    runtime: vm
    stop_grace_period: 0s`

const inside =
  (dir: string) =>
  async (service: string, script: string): Promise<string> =>
    (await host.compose(['exec', '-T', service, 'sh', '-c', script], { cwd: dir })).stdout

test('rules of several services follow one tree, and what is outside of it, whatever becomes of the containers', async () => {
  const dir = host.project('several', {
    'compose.yaml': `
services:
  one:
    ${sleeps}
    command: [sh, -c, 'cat /conf/setting; exec sleep 1000000']
    develop:
      watch:
        - { path: src, target: /app, action: sync }
        - { path: conf, target: /conf, action: sync+restart }
        - { path: root, target: /, action: sync }
  two:
    ${sleeps}
    command: [sleep, '1000000']
    develop:
      watch:
        - { path: src, target: /scripts, action: sync, include: ['**/*.js'] }
        - { path: ../elsewhere, target: /elsewhere, action: sync+exec, exec: { command: [sh, -c, 'echo no >&2; exit 3'] } }
`,
    'src/a.js': 'one',
    'conf/setting': 'old\n',
    'root/motd': 'old',
    '../elsewhere/x': '',
  })
  const watch = await startWatch(host, dir)
  const on = inside(dir)
  const given = (service: string, script: string, expected: string) =>
    eventually(async () => (await on(service, script)) === expected, `${service}: ${script}: ${expected}`)

  const second = await host.compose(['watch', '--no-up'], { cwd: dir })
  expect([second.code, second.stderr]).toEqual([
    1,
    expect.stringMatching(/cannot take exclusive lock for project "several": process with PID \d+ is still/),
  ])

  writeFileSync(join(dir, 'src/a.js'), 'two')
  mkdirSync(join(dir, 'src/deep'))
  writeFileSync(join(dir, 'src/deep/b.js'), 'b')
  writeFileSync(join(dir, 'src/deep/b.css'), 'b')
  symlinkSync('a.js', join(dir, 'src/link'))
  await given('one', 'cd /app && cat a.js deep/* link; readlink link', 'twobbtwoa.js\n')
  await given('two', 'cd /scripts && find . -type f | sort', './a.js\n./deep/b.js\n')
  chmodSync(join(dir, 'src/a.js'), 0o750)
  unlinkSync(join(dir, 'src/link'))
  symlinkSync('deep/b.js', join(dir, 'src/link'))
  await given('one', 'stat -c %a /app/a.js; readlink /app/link', '750\ndeep/b.js\n')

  writeFileSync(join(dir, '../elsewhere/y'), 'y')
  await eventually(() => watch.errors.includes('sh in the container: exit code 3: no'), 'the failing hook')
  expect(await on('two', 'cat /elsewhere/y')).toBe('y')

  // The tree that goes to the root of a container is not the root.
  writeFileSync(join(dir, 'root/motd'), 'new')
  await given('one', 'cat /motd', 'new')
  rmSync(join(dir, 'root'), { recursive: true })
  await given('one', 'ls -d /motd 2>/dev/null; ls -d /bin', '/bin\n')

  await host.ok(['stop', 'one'], { cwd: dir })
  writeFileSync(join(dir, 'conf/setting'), 'new\n')
  await eventually(
    async () =>
      (await host.compose(['logs', '--no-log-prefix', 'one'], { cwd: dir })).stdout.endsWith('new\n'),
    'a stopped container starts with the new setting',
  )

  await host.ok(['down'], { cwd: dir })
  const failures = () => watch.errors.split('exit code 3: no').length - 1
  expect(failures()).toBe(1)
  writeFileSync(join(dir, 'src/a.js'), 'three')
  writeFileSync(join(dir, '../elsewhere/y'), 'yy')
  await host.ok(['up', '-d'], { cwd: dir })
  await given('one', 'cat /app/a.js', 'three')
  await given('two', 'cat /scripts/a.js /elsewhere/y', 'threeyy')
  await eventually(() => failures() === 2, 'the hook of what was saved while there was no container')
  expect(await watch.interrupt()).toBe(130)
  await host.ok(['down'], { cwd: dir })
})

test('services that share what they are built from are exchanged one after the other, and an interrupt leaves each whole', async () => {
  const build = 'build: { context: ., dockerfile_inline: "FROM demo/busybox:1\\nCOPY page /" }'
  const service = `
    ${build}
    runtime: vm
    command: [sleep, '1000000']
    stop_grace_period: 0s
    develop: { watch: [{ path: page, action: rebuild }] }`
  const dir = host.project('rebuilt', {
    'compose.yaml': `services:
  one:${service}
  two:${service}
    depends_on: [one, idle]
  idle: { ${build}, runtime: vm, scale: 0 }
`,
    page: '0',
  })
  const on = inside(dir)
  const dangling = async () => (await host.docker(['images', '-q', '-f', 'dangling=true'])).stdout
  const names = async (...flags: string[]) =>
    (await host.docker(['ps', '--filter', 'name=rebuilt', '--format', '{{.Names}}', ...flags])).stdout
      .trim()
      .split('\n')
      .sort()

  // Begun by the one that needs the others: what is watched is built anew, and nothing else that is there.
  const idleImage = async () => (await host.docker(['images', '-q', 'rebuilt-idle'])).stdout
  await host.ok(['build', 'idle'], { cwd: dir })
  const built = await idleImage()
  writeFileSync(join(dir, 'page'), '1')
  const watch = await startWatch(host, dir, 'two', '--quiet', '--prune=false')
  expect([await on('one', 'cat /page'), await idleImage()]).toEqual(['1', built])
  writeFileSync(join(dir, 'page'), '2')
  for (const name of ['one', 'two'])
    await eventually(async () => (await on(name, 'cat /page')) === '2', `the second page of ${name}`)
  await eventually(
    async () => (await names('-a')).join(' ') === 'rebuilt-one-1 rebuilt-two-1',
    'the new containers in the place of the old',
  )
  expect(watch.said).not.toContain('COPY page')
  expect(await dangling()).not.toBe('')
  writeFileSync(join(dir, 'page'), '3')
  await watch.saying('service(s) ["two"] successfully built')
  expect(await watch.interrupt()).toBe(130)
  expect(await names()).toEqual(['rebuilt-one-1', 'rebuilt-two-1'])

  const up = new Watching(host, dir, 'up', '--watch')
  await up.saying('Watch enabled')
  writeFileSync(join(dir, 'page'), '4')
  await up.saying('service(s) ["one"] successfully built')
  expect(up.said).toContain('COPY page')
  expect(await up.interrupt()).toBe(130)
  expect(await names()).toEqual([''])
  expect(await names('-a')).toEqual(['rebuilt-one-1', 'rebuilt-two-1'])
  await host.ok(['down', '--rmi', 'local'], { cwd: dir })
})

test('an interrupt while images are built for the first time ends it as it does later', async () => {
  const dir = host.project('first', {
    'compose.yaml': `
services:
  box:
    build: { context: ., dockerfile_inline: "FROM demo/busybox:1\\nRUN echo begun; sleep 100" }
    runtime: vm
    develop: { watch: [{ path: compose.yaml, action: rebuild }] }
`,
  })
  const watch = new Watching(host, dir, 'watch')
  await watch.saying('begun')
  expect(await watch.interrupt()).toBe(130)
  expect(watch.errors).toMatch(/sleep 100 \n\n$/)
})
