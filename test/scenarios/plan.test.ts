import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'
import { Terminal } from '../terminal.ts'

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('plan', { 'compose.yaml': file({}) })
  await host.ok(['up', '-d'], { cwd: dir })
})
afterAll(() => host.destroy())

interface Change {
  readonly web?: string
  readonly networks?: string
  readonly volumes?: string
  readonly job?: boolean
}

const file = ({ web = '', networks = '{}', volumes = '{}', job = true }: Change) => `
x-machine: &machine { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_signal: KILL }
services:
  web: { <<: *machine, volumes: ['data:/data'], depends_on: [${job ? 'job' : ''}], ${web} }
  ${job ? 'job: *machine' : ''}
networks: { default: ${networks} }
volumes: { data: ${volumes} }
`

/** The text of the plan after a change of the file; nothing is executed. */
const planOf = async (change: Change, ...flags: string[]) => {
  host.project('plan', { 'compose.yaml': file(change) })
  const { stdout } = await host.ok(['plan', ...flags], { cwd: dir })
  return stdout.replaceAll(/takes the place of [0-9a-f]{12}/g, 'takes the place of ID')
}

test('without a change there is nothing to do', async () => {
  expect(await planOf({})).toBe('')
})

test('a changed variable replaces the container, and is told', async () => {
  expect(await planOf({ web: 'environment: { DEBUG: "1" }' })).toBe(replaced('environment.DEBUG unset → "1"'))
})

test('every change is told in the words of the file', async () => {
  const web =
    'user: "1", mem_limit: 64m, restart: always, ports: ["8080:80"], labels: { a: b }, stop_grace_period: 3s, healthcheck: { test: [CMD, "true"] }'
  const [first = ''] = (await planOf({ web })).split('\n')
  expect(first.split(': ').slice(1).join(': ').split(', ')).toEqual([
    'user unset → "1"',
    'stop_grace_period unset → 3',
    'healthcheck unset → {"Test":["CMD","true"]}',
    'ports unset → {"80/tcp":[{"HostPort":"8080"}]}',
    'mem_limit unset → 67108864',
    'restart unset → "always"',
    'labels.a unset → "b"',
  ])
})

test('another image is pulled first, and the numbers of the steps fit', async () => {
  expect(await planOf({ web: 'image: other:1' })).toBe(`\
[] -> #1 image:other:1 image.pull: image not present
[1] -> #2 service:web:1 container.create: image "demo/busybox:1" → "other:1"
[2] -> #3 service:web:1 container.stop: replaced by #2
[2,3] -> #4 service:web:1 container.remove: replaced by #2
[4] -> #5 service:web:1 container.rename: takes the place of ID
[2-5] -> #6 service:web:1 container.start: created
`)
})

test('a name that means another image than before replaces the containers', async () => {
  await host.load('app')
  await host.docker(['tag', 'demo/busybox:1', 'keep:1'])
  await host.docker(['tag', 'demo/app:1', 'demo/busybox:1'])
  const lines = (await planOf({})).split('\n').filter((line) => line.includes('container.create'))
  await host.docker(['tag', 'keep:1', 'demo/busybox:1'])
  expect(lines).toEqual([
    '[] -> #1 service:job:1 container.create: image demo/busybox:1 changed',
    '[] -> #5 service:web:1 container.create: image demo/busybox:1 changed',
  ])
})

test('an orphan is only warned of, unless it is to go', async () => {
  host.project('plan', { 'compose.yaml': file({ job: false }) })
  const warned = await host.ok(['plan'], { cwd: dir })
  expect(warned.stdout).toBe('')
  expect(warned.stderr).toContain('Found orphan containers ([plan-job-1])')
  const env = { COMPOSE_IGNORE_ORPHANS: '1' }
  expect((await host.ok(['plan'], { cwd: dir, env })).stderr).toBe('nothing to do\n')
  expect((await host.compose(['plan', '--remove-orphans'], { cwd: dir, env })).stderr).toMatch(
    /\ncannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans\n$/,
  )
  expect(await planOf({ job: false }, '--remove-orphans')).toBe(`\
[] -> #1 service:job:1 container.stop: orphan
[1] -> #2 service:job:1 container.remove: orphan
`)
})

test('scaling makes and removes the containers that are too few or too many', async () => {
  expect(await planOf({}, '--scale', 'web=2')).toBe(`\
[] -> #1 service:web:2 container.create: no container
[1] -> #2 service:web:2 container.start: created
`)
  expect(await planOf({}, '--scale', 'web=0')).toBe(`\
[] -> #1 service:web:1 container.stop: scale web to 0
[1] -> #2 service:web:1 container.remove: scale web to 0
`)
})

test('a changed network is made again, the containers on it stopped dependents first and replaced', async () => {
  expect(await planOf({ networks: '{ internal: true }' })).toBe(`\
[] -> #1 service:web:1 container.stop: configuration of network default changed
[1] -> #2 service:job:1 container.stop: configuration of network default changed
[2] -> #3 network:default network.disconnect: plan-job-1 is on it
[1] -> #4 network:default network.disconnect: plan-web-1 is on it
[3,4] -> #5 network:default network.remove: configuration of network default changed
[5] -> #6 network:default network.create: configuration of network default changed
[6] -> #7 service:job:1 container.create: plan_default is made again
[2,7] -> #8 service:job:1 container.remove: replaced by #7
[8] -> #9 service:job:1 container.rename: takes the place of ID
[6] -> #10 service:web:1 container.create: plan_default is made again
[1,10] -> #11 service:web:1 container.remove: replaced by #10
[11] -> #12 service:web:1 container.rename: takes the place of ID
[1-12] -> #13 service:job:1 container.start: created
[1-13] -> #14 service:web:1 container.start: created
`)
})

test('a changed volume is made again, and it is said that its data is lost', async () => {
  expect(await planOf({ volumes: '{ labels: { a: b } }' })).toBe(`\
[] -> #1 service:web:1 container.stop: configuration of volume data changed
[1] -> #2 service:web:1 container.remove: configuration of volume data changed
[2] -> #3 volume:data volume.remove: configuration of volume data changed (its data is lost)
[3] -> #4 volume:data volume.create: configuration of volume data changed
[4] -> #5 service:web:1 container.create: plan_data is made again
[1-5] -> #6 service:web:1 container.start: created
`)
})

test('on a terminal the plan is in columns, with a count', async () => {
  host.project('plan', { 'compose.yaml': file({}) })
  const terminal = await Terminal.open(host, ['plan', '--force-recreate', 'web'], { cwd: dir })
  await terminal.exited()
  expect(terminal.text.replace(/[0-9a-f]{12}/, 'ID          ')).toBe(`\
#1  create  service:web:1  recreation forced
#2  stop    service:web:1  replaced by #1                   after 1
#3  remove  service:web:1  replaced by #1                   after 1,2
#4  rename  service:web:1  takes the place of ID            after 3
#5  start   service:web:1  created                          after 1-4
5 steps: 1 create, 1 stop, 1 remove, 1 rename, 1 start
`)
})

test('as JSON the plan has everything that its calls need', async () => {
  const [first] = JSON.parse(await planOf({}, '--scale', 'web=2', '--format', 'json'))
  expect(first).toMatchObject({
    id: 1,
    needs: [],
    phase: 'create',
    operation: { kind: 'container.create', name: 'plan-web-2', body: { Image: 'demo/busybox:1' } },
  })
})

test('--dry-run of every command that changes something shows its plan and changes nothing', async () => {
  host.project('plan', { 'compose.yaml': file({}) })
  const state = async () => {
    const { stdout } = await host.docker(['ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.State}}'])
    return stdout
  }
  const before = await state()
  const dry = async (...args: string[]) => (await host.ok(['--dry-run', ...args], { cwd: dir })).stdout
  expect(await dry('stop')).toBe(`\
[] -> #1 service:web:1 container.stop: asked to stop
[1] -> #2 service:job:1 container.stop: asked to stop
`)
  expect(await dry('down', '-v')).toContain('volume.remove: asked to go down (its data is lost)')
  expect(await dry('restart', 'web')).toContain('service:web:1 container.restart')
  expect(await dry('kill', 'job')).toContain('service:job:1 container.kill')
  expect(await dry('pause')).toContain('service:web:1 container.pause')
  expect(await dry('rm', '--stop', '--force', 'web')).toContain('service:web:1 container.remove')
  expect(await dry('pull', 'web')).toBe('[] -> #1 image:demo/busybox:1 image.pull: pull policy always\n')
  expect(await dry('up', '--force-recreate')).toContain('service:web:1 container.create')
  for (const refused of [['exec', 'web', 'true'], ['watch'], ['engine', 'stop']])
    expect((await host.compose(['--dry-run', ...refused], { cwd: dir })).stderr).toContain(
      '[UNSUPPORTED_FLAG]',
    )
  expect(await state()).toBe(before)
})

const replaced = (cause: string): string => `\
[] -> #1 service:web:1 container.create: ${cause}
[1] -> #2 service:web:1 container.stop: replaced by #1
[1,2] -> #3 service:web:1 container.remove: replaced by #1
[3] -> #4 service:web:1 container.rename: takes the place of ID
[1-4] -> #5 service:web:1 container.start: created
`
