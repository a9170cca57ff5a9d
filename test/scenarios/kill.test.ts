import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host } from '../host.ts'
import { endHard, randomMoments } from '../kill.ts'

/** Crash at any point, and the next command converges. */
const { seed, moment } = randomMoments()

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('kill', {
    'compose.yaml': `
services:
  first:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'i=0; while [ $$i -lt 120 ]; do i=$$((i+1)); echo line $$i; sleep 0.01; done; exit 3']
    restart: 'no'
    stop_grace_period: 1s
  second:
    image: demo/busybox:1
    runtime: vm
    depends_on: [first]
    command: [sh, -c, "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done"]
    ports: ['8070:80']
    volumes: ['data:/data']
volumes: { data: {} }
`,
  })
})
afterAll(() => host.destroy())

const pidsOf = (command: string): number[] =>
  host
    .processes()
    .filter((each) => each.command.includes(`${bundle} ${command}`))
    .map(({ pid }) => pid)
const killEngine = (): void => pidsOf('engine run').forEach(endHard)

for (let round = 1; round <= 10; round++) {
  const victim = (['engine', 'cli', 'both'] as const)[round % 3] as 'engine' | 'cli' | 'both'
  const afterMs = moment(1_800)
  test(`kill -9 of ${victim} after ${afterMs} ms of \`up\` (seed ${seed}, round ${round}): the next \`up\` converges`, async () => {
    // In every second round the engine is killed while it comes up.
    if (round % 2 === 0) await host.ok(['engine', 'stop'])
    const up = host.spawn(process.execPath, [bundle, 'up', '-d'], { cwd: dir })
    await new Promise((resolve) => setTimeout(resolve, afterMs))
    if (victim !== 'cli') killEngine()
    if (victim !== 'engine') pidsOf('up -d').forEach(endHard)
    await up

    await host.ok(['up', '-d'], { cwd: dir })
    const names = (await host.docker(['ps', '-a', '--format', '{{.Names}}'])).stdout.trim().split('\n').sort()
    expect(names).toEqual(['kill-first-1', 'kill-second-1'])
    const inspect = async (format: string, name: string) =>
      (await host.docker(['inspect', '-f', format, name])).stdout.trim()
    await eventually(
      async () => (await inspect('{{.State.Status}}', 'kill-first-1')) === 'exited',
      'the first has ended',
    )
    expect(await inspect('{{.State.ExitCode}}', 'kill-first-1')).toBe('3')
    // `up` starts an ended one-shot again, so there is one whole run or several; a cut one would show as a gap.
    const lines = (await host.ok(['logs', '--no-log-prefix', 'first'], { cwd: dir })).stdout
      .trimEnd()
      .split('\n')
    expect(lines.length % 120).toBe(0)
    expect(lines.findIndex((line, i) => line !== `line ${(i % 120) + 1}`)).toBe(-1)
    expect(await inspect('{{.State.Status}}', 'kill-second-1')).toBe('running')
    await host.ok(['stop', 'second'], { cwd: dir })
    expect(await inspect('{{.State.ExitCode}}', 'kill-second-1')).toBe('5')
    await host.ok(['down', '-v'], { cwd: dir })
    expect(host.machines()).toEqual([])
  })
}

test('while the engine is away machines run on, write their log, and are adopted with their exit codes', async () => {
  const away = host.project('away', {
    'gate/.keep': '',
    'compose.yaml': `
services:
  first:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'until [ -e /gate/open ]; do sleep 0.1; done; i=0; while [ $$i -lt 300 ]; do i=$$((i+1)); echo line $$i; done; exit 3']
    volumes: ['./gate:/gate:ro']
  second:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '10000']
`,
  })
  await host.ok(['up', '-d'], { cwd: away })
  expect(host.machines()).toHaveLength(2)
  killEngine()
  writeFileSync(join(away, 'gate/open'), '')
  await eventually(() => host.machines().length === 1, 'the one-shot ended without an engine', 60_000)
  const { stdout } = await host.ok(['ps', '-a', '--format', 'json'], { cwd: away })
  const services = Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => [JSON.parse(line).Service, JSON.parse(line)]),
  )
  expect(services['first'].ExitCode).toBe(3)
  expect(services['second'].State).toBe('running')
  expect((await host.ok(['logs', '--no-log-prefix', 'first'], { cwd: away })).stdout).toBe(
    Array.from({ length: 300 }, (_, i) => `line ${i + 1}\n`).join(''),
  )
  expect((await host.ok(['exec', '-T', 'second', 'echo', 'still here'], { cwd: away })).stdout).toBe(
    'still here\n',
  )
  await host.ok(['down', '-v'], { cwd: away })
})

test('`engine stop --containers` ends what an engine left that is gone', async () => {
  await host.ok(['up', '-d'], { cwd: dir })
  killEngine()
  await host.ok(['engine', 'stop', '--containers'])
  expect(host.machines()).toEqual([])
  expect(host.processes()).toEqual([])
  expect(host.mounts()).toEqual([])
})
