import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

test('a dependent starts only after its dependency is healthy, a one-shot only after it succeeded', async () => {
  const dir = host.project('healthy', {
    'compose.yaml': `
services:
  db:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'sleep 1; touch /tmp/ready; exec sleep 1000000']
    healthcheck: { test: [CMD, test, -e, /tmp/ready], interval: 30s, start_period: 30s, start_interval: 200ms }
    stop_grace_period: 1s
  migrate: { image: demo/busybox:1, runtime: vm, command: ['true'], depends_on: { db: { condition: service_healthy } } }
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    depends_on: { migrate: { condition: service_completed_successfully } }
    stop_grace_period: 1s
`,
  })
  const up = await host.ok(['up', '-d'], { cwd: dir })
  const order = up.stderr.split('\n').filter((line) => /(Healthy|Exited|Started)$/.test(line))
  const at = (words: string) => order.findIndex((line) => line.includes(words))
  expect(at('healthy-db-1  Healthy')).toBeLessThan(at('healthy-migrate-1  Started'))
  expect(at('healthy-migrate-1  Exited')).toBeLessThan(at('healthy-web-1  Started'))
  await host.ok(['down'], { cwd: dir })
})

test('an unhealthy dependency fails `up` in the words of docker compose', async () => {
  const dir = host.project('sick', {
    'compose.yaml': `
services:
  db:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    healthcheck: { test: [CMD, 'false'], interval: 200ms, retries: 2 }
    stop_grace_period: 1s
  web: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], depends_on: { db: { condition: service_healthy } } }
`,
  })
  const up = await host.compose(['up', '-d'], { cwd: dir })
  expect(up.code).toBe(1)
  expect(up.stderr).toContain('dependency failed to start: container sick-db-1 is unhealthy')
  await host.ok(['down'], { cwd: dir })
})

test('`up --wait` waits for all, and fails for what ends instead of running', async () => {
  const files = (command: string) => ({
    'compose.yaml': `
services:
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'sleep 1; touch /tmp/ready; exec sleep 1000000']
    healthcheck: { test: [CMD, test, -e, /tmp/ready], interval: 300ms, retries: 100 }
    stop_signal: KILL
  other: { image: demo/busybox:1, runtime: vm, command: ${command}, stop_signal: KILL }
`,
  })
  const dir = host.project('wait', files("[sleep, '1000000']"))
  const up = await host.ok(['up', '--wait'], { cwd: dir })
  expect(up.stderr).toContain(' Container wait-web-1  Healthy\n')
  host.project('wait', files("[sh, -c, 'exit 3']"))
  const failed = await host.compose(['up', '--wait'], { cwd: dir })
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\ncontainer wait-other-1 exited \(3\)\n$/),
  })
  await host.ok(['down'], { cwd: dir })
})

test('`up --wait-timeout` ends the wait, and leaves what runs', async () => {
  const dir = host.project('patience', {
    'compose.yaml': `
services:
  slow:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    healthcheck: { test: ['CMD', 'false'], interval: 1h, start_period: 1h }
    stop_signal: KILL
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  expect(await host.compose(['up', '--wait', '--wait-timeout', '1'], { cwd: dir })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/\napplication not healthy after 1s\n$/),
  })
  expect((await host.ok(['ps', '--services'], { cwd: dir })).stdout).toBe('slow\n')
  await host.ok(['down'], { cwd: dir })
})

test('a restart policy brings a failed process back, and `on-failure` counts', async () => {
  const dir = host.project('again', {
    'compose.yaml': `
services:
  flaky: { image: demo/busybox:1, runtime: vm, restart: 'on-failure:2', command: [sh, -c, 'echo try; exit 3'] }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const inspect = async (format: string) =>
    (await host.docker(['inspect', '-f', format, 'again-flaky-1'])).stdout.trim()
  await eventually(
    async () => (await inspect('{{.State.Status}} {{.RestartCount}}')) === 'exited 2',
    'two restarts',
    60_000,
  )
  expect((await host.ok(['logs', '--no-log-prefix'], { cwd: dir })).stdout).toBe('try\ntry\ntry\n')
  await host.ok(['down'], { cwd: dir })
})
