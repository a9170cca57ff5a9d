import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

test('100,000 log lines arrive whole and in order', async () => {
  const dir = host.project('lines', {
    'compose.yaml': `
services:
  writer: { image: demo/busybox:1, runtime: vm, command: [awk, 'BEGIN { for (i = 1; i <= 100000; i++) print "line " i " of many, made to be of some length" }'] }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  await eventually(
    async () =>
      (await host.docker(['inspect', '-f', '{{.State.Status}}', 'lines-writer-1'])).stdout === 'exited\n',
    'the end',
    120_000,
  )
  const { stdout } = await host.ok(['logs', '--no-log-prefix'], { cwd: dir })
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBe(100_000)
  expect(lines.findIndex((line, i) => line !== `line ${i + 1} of many, made to be of some length`)).toBe(-1)
  expect(
    (await host.ok(['logs', '--no-log-prefix', '-n', '3'], { cwd: dir })).stdout.split('\n').length,
  ).toBe(4)
  await host.ok(['down'], { cwd: dir })
})

test('both streams, follow until the end, and timestamps that grow', async () => {
  const script = 'for i in 1 2 3; do echo out $i; echo err $i >&2; sleep 0.2; done'
  const run = await host.docker([
    'run',
    '-d',
    '--name',
    'both',
    '--runtime',
    'vm',
    'demo/busybox:1',
    'sh',
    '-c',
    script,
  ])
  expect(run.code).toBe(0)
  const follow = await host.docker(['logs', '-f', '-t', 'both'])
  expect(follow.stdout.replaceAll(/^\S+ /gm, '')).toBe('out 1\nout 2\nout 3\n')
  expect(follow.stderr.replaceAll(/^\S+ /gm, '')).toBe('err 1\nerr 2\nerr 3\n')
  const times = follow.stdout
    .trimEnd()
    .split('\n')
    .map((line) => Date.parse(line.split(' ')[0] ?? ''))
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(Math.abs(Date.now() - (times[2] ?? 0))).toBeLessThan(60_000)
  await host.docker(['rm', 'both'])
})

test('`logs --follow` tells how each container ends, and ends with the last', async () => {
  const dir = host.project('ends', {
    'compose.yaml': `
services:
  a: { image: demo/busybox:1, runtime: vm, command: [sh, -c, 'echo first; while [ ! -e /go ]; do sleep 0.1; done; echo last; exit 4'] }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  const logs = host.spawn(process.execPath, [bundle, 'logs', '--follow'], { cwd: dir })
  await new Promise((resolve) => logs.stdout?.once('data', resolve))
  await host.ok(['exec', '-T', 'a', 'touch', '/go'], { cwd: dir })
  expect((await logs).stdout).toBe('a-1  | first\na-1  | last\n\r\x1b[Ka-1 exited with code 4\n')
  await host.ok(['down'], { cwd: dir })
})

test('a foreground `up` shows aligned output and ends with 130 after Ctrl-C, the containers stopped', async () => {
  const dir = host.project('front', {
    'compose.yaml': `
services:
  a: { image: demo/busybox:1, runtime: vm, command: [sh, -c, "echo from a; exec sleep 1000000"], stop_grace_period: 1s }
  longer: { image: demo/busybox:1, runtime: vm, command: [sh, -c, "echo from longer; exec sleep 1000000"], stop_grace_period: 1s }
`,
  })
  const up = host.spawn(process.execPath, [bundle, 'up'], { cwd: dir })
  let seen = ''
  up.stdout?.on('data', (chunk) => {
    seen += chunk
  })
  await eventually(
    () => /^a-1 +\| from a$/m.test(seen) && /^longer-1 +\| from longer$/m.test(seen),
    'both outputs',
    60_000,
  )
  const cli = host
    .processes()
    .find(
      ({ command }) => command.endsWith('container-compose.mjs up ') && command.startsWith(process.execPath),
    )
  process.kill(cli?.pid ?? 0, 'SIGINT')
  const { exitCode } = await up
  expect(exitCode).toBe(130)
  expect((await host.ok(['ps', '-q'], { cwd: dir })).stdout).toBe('')
  await host.ok(['down'], { cwd: dir })
})
