import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'
import { Terminal } from '../terminal.ts'

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('term', {
    'compose.yaml': `
x-machine: &machine { image: demo/busybox:1, runtime: vm, init: true }
services:
  polite:
    <<: *machine
    init: false
    command: [sh, -c, "trap 'echo goodbye; exit 0' TERM; echo hello; touch /said; while :; do sleep 0.1; done"]
    healthcheck: { test: [CMD, test, -e, /said], interval: 1s }
  stubborn:
    <<: *machine
    init: false
    stop_grace_period: 1h
    command: [sh, -c, "trap '' TERM; echo here; while :; do sleep 1; done"]
    profiles: [stubborn]
  job:
    <<: *machine
    command: [sh, -c, 'echo working >&2; exit 3']
    depends_on: { polite: { condition: service_healthy } }
    profiles: [job]
`,
  })
})
afterAll(() => host.destroy())
afterEach(() => host.ok(['--profile', '*', 'down', '--timeout', '0'], { cwd: dir }))

const states = async () => {
  const { stdout } = await host.ok(['--profile', '*', 'ps', '--all', '--format', 'json'], { cwd: dir })
  const containers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return Object.fromEntries(
    containers.map(({ Service, State, ExitCode }) => [Service, `${State} ${ExitCode}`]),
  )
}

test('the first Ctrl-C stops the containers, lets them say their last words, and gives 130', async () => {
  const terminal = await Terminal.open(host, ['up'], { cwd: dir })
  await terminal.shows('hello')
  terminal.type('\x03')
  expect(await terminal.exited()).toBe(130)
  const lines = terminal.text.split('\n')
  expect(lines.slice(0, lines.indexOf('Attaching to polite-1'))).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^\[\+\] Running 2\/2$/),
      expect.stringMatching(/^ ✔ Network term_default {4,}Created +\d+\.\ds $/),
      expect.stringMatching(/^ ✔ Container term-polite-1 {2}Created +\d+\.\ds $/),
    ]),
  )
  expect(lines.slice(lines.indexOf('Attaching to polite-1'))).toEqual([
    'Attaching to polite-1',
    'polite-1  | hello',
    'Gracefully Stopping... press Ctrl+C again to force',
    ' Container term-polite-1  Stopping',
    'polite-1  | goodbye',
    expect.stringMatching(/polite-1 exited with code 0| Container term-polite-1 {2}Stopped/),
    expect.stringMatching(/polite-1 exited with code 0| Container term-polite-1 {2}Stopped/),
    '',
    '',
  ])
  expect(await states()).toEqual({ polite: 'exited 0' })
})

test('the second Ctrl-C kills what does not want to stop', async () => {
  const terminal = await Terminal.open(host, ['--profile', 'stubborn', 'up'], { cwd: dir })
  await terminal.shows('here')
  await terminal.shows('hello')
  terminal.type('\x03')
  await terminal.shows('Gracefully Stopping')
  await terminal.shows('Stopped')
  terminal.type('\x03')
  expect(await terminal.exited()).toBe(130)
  expect(terminal.text).toContain('stubborn-1 exited with code 137')
  expect(await states()).toEqual({ polite: 'exited 0', stubborn: 'exited 137' })
})

test('Ctrl-C while containers are waited for stops what runs, and nothing more is started', async () => {
  const waiting = host.project('waiting', {
    'compose.yaml': `
services:
  sick:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    stop_signal: KILL
    healthcheck: { test: ['CMD', 'false'], interval: 1h, start_period: 1h }
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    depends_on: { sick: { condition: service_healthy } }
`,
  })
  const terminal = await Terminal.open(host, ['up'], { cwd: waiting })
  await terminal.shows('Attaching to sick-1, web-1')
  terminal.type('\x03')
  expect(await terminal.exited()).toBe(130)
  const { stdout } = await host.ok(['ps', '--format', 'json'], { cwd: waiting })
  expect(stdout).toBe('')
  await host.ok(['down'], { cwd: waiting })
})

test('log lines carry a colour for each container, bars stand below each other, and stderr is as good as stdout', async () => {
  const terminal = await Terminal.open(host, ['--profile', 'job', 'up', '--exit-code-from', 'job'], {
    cwd: dir,
  })
  expect(await terminal.exited()).toBe(3)
  expect(terminal.written).toContain('\x1b[31m\x1b[1mAborting on container exit...\x1b[0m')
  const logs = await Terminal.open(host, ['--profile', 'job', 'logs'], { cwd: dir })
  expect(await logs.exited()).toBe(0)
  const lines = logs.written.split('\r\n').filter((line) => line !== '')
  expect(lines).toHaveLength(3)
  const prefixes = new Map(lines.map((line) => [line.replace(/^.*?([a-z]+-1).*$/, '$1'), line]))
  const colours = new Set([...prefixes.values()].map((line) => /^\x1b\[(\d+)m/.exec(line)?.[1]))
  expect(colours).toEqual(new Set(['36', '33']))
  expect(logs.text).toMatch(/^polite-1 {2}\| hello$/m)
  const plain = await Terminal.open(host, ['--ansi', 'never', '--profile', 'job', 'logs', 'job'], {
    cwd: dir,
  })
  await plain.exited()
  expect(plain.written).toBe('job-1  | working\r\n')
})

test('exec has a terminal of the size of ours, which follows it, and passes on keys and the exit code', async () => {
  await host.ok(['up', '-d', 'polite'], { cwd: dir })
  const script = `
    trap 'echo interrupted; exit 7' INT
    tty; stty size
    until [ "$(stty size)" = '44 120' ]; do sleep 0.1; done
    echo followed
    read line; echo "read $line"
    while :; do sleep 0.1; done`
  const terminal = await Terminal.open(host, ['exec', 'polite', 'sh', '-c', script], {
    cwd: dir,
    columns: 91,
    lines: 33,
  })
  await terminal.shows('/dev/pts/0\r\n33 91\r\n')
  await terminal.resize(120, 44)
  await terminal.shows('followed')
  terminal.type('a line\r')
  await terminal.shows('read a line')
  terminal.type('\x03')
  expect(await terminal.exited()).toBe(7)
  expect(terminal.text).toContain('interrupted\n')
})

test('exec with --no-tty has no terminal although we have one', async () => {
  await host.ok(['up', '-d', 'polite'], { cwd: dir })
  const terminal = await Terminal.open(host, ['exec', '-T', 'polite', 'sh', '-c', 'tty; exit 0'], {
    cwd: dir,
  })
  expect(await terminal.exited()).toBe(0)
  expect(terminal.text).toBe('not a tty\n')
})

test('keys below the logs: w turns watching on and off, Enter sets a line apart, d leaves the containers running', async () => {
  const watched = host.project('keys', {
    'compose.yaml': `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    init: true
    command: [sh, -c, 'echo hello; exec sleep 1000000']
    develop: { watch: [{ path: src, target: /app, action: sync }] }
`,
    'src/file': 'one',
  })
  const terminal = await Terminal.open(host, ['up', '--force-recreate'], { cwd: watched, columns: 40 })
  const endsWith = (line: string) =>
    eventually(() => terminal.text.split('\n').at(-1) === line, `the line ${line}`)
  await terminal.shows('hello')
  await endsWith('w Enable Watch   d Detach')
  terminal.type('w')
  await terminal.shows('Watch enabled')
  await endsWith('w Disable Watch   d Detach')
  writeFileSync(join(watched, 'src/file'), 'two')
  await terminal.shows('synced in')
  terminal.type('w')
  await terminal.shows('Watch disabled')
  terminal.type('\r')
  await terminal.shows(/Watch disabled[^\n]*\n[^\n]*\n/)
  await endsWith('w Enable Watch   d Detach')
  terminal.type('d')
  expect(await terminal.exited()).toBe(0)
  expect(terminal.text).toMatch(/Watch disabled\n\nDetached: the containers of keys run on\n$/)
  const { stdout } = await host.ok(['exec', '-T', 'box', 'cat', '/app/file'], { cwd: watched })
  expect(stdout).toBe('two')

  const again = await Terminal.open(host, ['up'], { cwd: dir })
  await again.shows('hello')
  again.type('w')
  await again.shows('none of the selected services is configured for watch')
  again.type('\x03')
  expect(await again.exited()).toBe(130)
  const bare = await Terminal.open(host, ['up', '--menu=false'], { cwd: watched })
  await bare.shows('Attaching to box-1')
  bare.type('\x03')
  expect(await bare.exited()).toBe(130)
  expect(bare.written).not.toContain('Watch')
  await host.ok(['down'], { cwd: watched })
})
