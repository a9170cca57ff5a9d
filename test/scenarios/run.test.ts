import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host } from '../host.ts'
import { Terminal } from '../terminal.ts'

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('once', {
    'compose.yaml': `
x-machine: &machine { image: demo/busybox:1, runtime: vm }
services:
  db:
    <<: *machine
    command: [sh, -c, 'sleep 1; touch /ready; exec sleep 1000000']
    healthcheck: { test: [CMD, test, -e, /ready], interval: 1s }
    stop_grace_period: 0s
  tool:
    <<: *machine
    container_name: the-tool
    restart: always
    stop_grace_period: 0s
    depends_on: { db: { condition: service_healthy } }
    environment: { COLOUR: red, KEPT: 'yes' }
    entrypoint: [sh, -c]
    command: ['echo usual']
    ports: ['7070']
    volumes: ['data:/data']
    profiles: [tools]
volumes: { data: {} }
`,
  })
})
afterAll(() => host.destroy())

const run = (args: readonly string[], options: Parameters<Host['compose']>[1] = {}) =>
  host.compose(['run', ...args], { cwd: dir, ...options })
const inspect = async (container: string, format: string) =>
  (await host.docker(['inspect', '-f', format, container])).stdout.trim()

test('a command runs once: what it needs is healthy before, its output, input and exit code are ours', async () => {
  const script = 'cat; echo "$COLOUR $KEPT $MORE" >&2; nc -w 2 db 1 2>&1; id -u; pwd; exit 7'
  const { code, stdout, stderr } = await run(
    ['--rm', '-e', 'COLOUR=blue', '-e', 'MORE', '-u', '1000', '-w', '/data', 'tool', script],
    { input: 'typed\n', env: { MORE: 'more' } },
  )
  expect(code).toBe(7)
  expect(stdout).toMatch(/^typed\n.*1000\n\/data\n$/s)
  expect(stderr).toContain('blue yes more\n')
  expect(stderr.indexOf(' Container once-db-1  Healthy')).toBeLessThan(stderr.indexOf('blue'))
  expect((await host.ok(['ps', '-a', '--format', 'json'], { cwd: dir })).stdout).not.toContain('tool')
})

test('it is a container beside those of the service: with a name, labels and ports of its own', async () => {
  writeFileSync(join(dir, 'more.env'), 'COLOUR=green\nFROM_FILE=$COLOUR-er\n')
  mkdirSync(join(dir, 'mounted'), { recursive: true })
  writeFileSync(join(dir, 'mounted/file'), 'of the host\n')
  const flags = [
    '-d',
    '--env-from-file',
    'more.env',
    '-v',
    './mounted:/mnt:ro',
    '-p',
    '127.0.0.1:7071:80',
    '-l',
    'a=b',
  ]
  const { stdout, code } = await run([
    ...flags,
    'tool',
    'echo $COLOUR $FROM_FILE; cat /mnt/file; sleep 1000000',
  ])
  expect(code).toBe(0)
  const id = stdout.trim()
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  expect(
    await inspect(id, '{{.Name}} {{.HostConfig.RestartPolicy.Name}} {{json .HostConfig.PortBindings}}'),
  ).toMatch(
    /^\/once-tool-run-[0-9a-f]{12} (no)? ?\{"80\/tcp":\[\{"HostIp":"127\.0\.0\.1","HostPort":"7071"\}\]\}$/,
  )
  const labels = JSON.parse(await inspect(id, '{{json .Config.Labels}}'))
  expect(labels).toMatchObject({
    a: 'b',
    'com.docker.compose.oneoff': 'True',
    'com.docker.compose.service': 'tool',
  })
  expect(labels['com.docker.compose.slug']).toMatch(/^[0-9a-f]{64}$/)
  expect(labels).not.toHaveProperty('com.docker.compose.container-number')
  await eventually(
    async () => (await host.docker(['logs', id])).stdout === 'green green-er\nof the host\n',
    'its output',
  )
  const second = await run([
    '--rm',
    '--name',
    'named',
    '--entrypoint',
    'echo "two words"',
    '--no-deps',
    'tool',
  ])
  expect(second.stdout).toBe('two words\n')
  await host.ok(['down', '--remove-orphans'], { cwd: dir })
  expect((await host.docker(['ps', '-aq'])).stdout).toBe('')
})

test('on a terminal it has one; signals without one reach the program', async () => {
  const terminal = await Terminal.open(
    host,
    ['run', '--rm', '--no-deps', 'tool', 'stty size; read word; echo "got $word"; exit 4'],
    {
      cwd: dir,
      columns: 99,
      lines: 33,
    },
  )
  await terminal.shows('33 99')
  terminal.type('it\r')
  await terminal.shows('got it')
  expect(await terminal.exited()).toBe(4)
  const left = await Terminal.open(
    host,
    ['run', '--name', 'left', '--no-deps', 'tool', 'echo here; sleep 1000000'],
    {
      cwd: dir,
    },
  )
  await left.shows('here')
  left.type('\x10\x11')
  expect(await left.exited()).toBe(0)
  expect(await inspect('left', '{{.State.Status}}')).toBe('running')
  await host.docker(['rm', '-f', 'left'])

  const child = host.spawn(
    process.execPath,
    [
      bundle,
      'run',
      '--rm',
      '--no-deps',
      'tool',
      'trap "echo told; exit 9" TERM; echo ready; while :; do sleep 0.1; done',
    ],
    { cwd: dir },
  )
  await new Promise<void>((resolve) =>
    child.stdout?.on('data', (text: Buffer) => String(text).includes('ready') && resolve()),
  )
  child.kill('SIGTERM')
  const { exitCode, stdout } = await child
  expect([exitCode, stdout]).toEqual([9, 'ready\ntold\n'])
})

test('what cannot be run is told, with status 1', async () => {
  expect(await run(['--rm', 'nobody'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no such service: nobody'),
  })
  expect(await run(['-P', '-p', '80', 'tool'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--service-ports and --publish are incompatible'),
  })
  const failed = await run(['--rm', '--no-deps', '--entrypoint', '/nothing', 'tool'])
  expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('/nothing') })
  await host.ok(['down', '-v'], { cwd: dir })
})
