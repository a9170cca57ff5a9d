import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

const page = (text: string) => `
services:
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo ${text} > /srv/index.html; exec httpd -f -p 80 -h /srv']
    stop_grace_period: 1s
  client:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    depends_on: [web]
    stop_grace_period: 1s
`

test('two projects at once with the same service names do not meet', async () => {
  const first = host.project('first', { 'compose.yaml': page('one') })
  const second = host.project('second', { 'compose.yaml': page('two') })
  await Promise.all([host.ok(['up', '-d'], { cwd: first }), host.ok(['up', '-d'], { cwd: second })])
  const get = ['exec', '-T', 'client', 'wget', '-qO-', 'http://web/']
  expect((await host.ok(get, { cwd: first })).stdout).toBe('one\n')
  expect((await host.ok(get, { cwd: second })).stdout).toBe('two\n')

  await host.ok(['down'], { cwd: first })
  expect((await host.ok(['ps', '-q'], { cwd: first })).stdout).toBe('')
  expect((await host.ok(get, { cwd: second })).stdout).toBe('two\n')
  await host.ok(['down'], { cwd: second })
})

test('an unchanged project gives an empty plan and `up` changes nothing', async () => {
  const dir = host.project('same', { 'compose.yaml': page('same') })
  await host.ok(['up', '-d'], { cwd: dir })
  const before = (await host.ok(['ps', '-q'], { cwd: dir })).stdout
  const plan = await host.ok(['plan'], { cwd: dir })
  expect(plan.stdout).not.toContain('container.')
  await host.ok(['up', '-d'], { cwd: dir })
  expect((await host.ok(['ps', '-q'], { cwd: dir })).stdout).toBe(before)
  await host.ok(['down'], { cwd: dir })
})

test('a changed variable recreates that service alone, and the plan says why', async () => {
  const file = (debug: string) => `
services:
  a: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], environment: { DEBUG: '${debug}' }, stop_grace_period: 1s }
  b: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_grace_period: 1s }
`
  const dir = host.project('change', { 'compose.yaml': file('1') })
  await host.ok(['up', '-d'], { cwd: dir })
  const idOf = async (service: string) => (await host.ok(['ps', '-q', service], { cwd: dir })).stdout
  const [a, b] = [await idOf('a'), await idOf('b')]
  host.project('change', { 'compose.yaml': file('0') })
  const plan = (await host.ok(['plan'], { cwd: dir })).stdout
  expect(plan).toContain('DEBUG')
  expect(plan).not.toContain('service:b')
  await host.ok(['up', '-d'], { cwd: dir })
  expect(await idOf('a')).not.toBe(a)
  expect(await idOf('b')).toBe(b)
  expect((await host.ok(['exec', '-T', 'a', 'sh', '-c', 'echo $DEBUG'], { cwd: dir })).stdout).toBe('0\n')
  await host.ok(['down'], { cwd: dir })
})

test('scaling up and down keeps the lowest numbers; a service taken out of the file is an orphan', async () => {
  const dir = host.project('scale', {
    'compose.yaml': `
services:
  w: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_grace_period: 1s }
  gone: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_grace_period: 1s }
`,
  })
  await host.ok(['up', '-d', '--scale', 'w=2'], { cwd: dir })
  await host.ok(['scale', 'w=3'], { cwd: dir })
  const names = async () =>
    (await host.ok(['ps', '--format', 'json'], { cwd: dir })).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).Name)
      .sort()
  expect(await names()).toEqual(['scale-gone-1', 'scale-w-1', 'scale-w-2', 'scale-w-3'])
  host.project('scale', {
    'compose.yaml': `services: { w: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_grace_period: 1s } }\n`,
  })
  const up = await host.ok(['up', '-d'], { cwd: dir })
  expect(up.stderr).toContain('Found orphan containers ([scale-gone-1])')
  expect(await names()).toEqual(['scale-gone-1', 'scale-w-1'])
  await host.ok(['up', '-d', '--remove-orphans'], { cwd: dir })
  expect(await names()).toEqual(['scale-w-1'])
  const refused = await host.compose(['scale', 'gone=1'], { cwd: dir })
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('no such service: gone') })
  await host.ok(['down'], { cwd: dir })
})
