import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { bundle, Host } from '../host.ts'

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('process', {
    'secret.txt': 'hush\n',
    'compose.yaml': `
services:
  limits:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    read_only: true
    tmpfs: [/scratch]
    cpus: 0.5
    mem_limit: 64m
    user: '1234:1234'
    working_dir: /work
    hostname: chosen
    environment: { GREETING: 'good day' }
    extra_hosts: ['pal:192.0.2.7']
    sysctls: { net.core.somaxconn: 777 }
    ulimits: { nofile: { soft: 512, hard: 1024 } }
    cap_drop: [ALL]
    secrets: [token]
    stop_grace_period: 1s
  init:
    image: demo/busybox:1
    runtime: vm
    init: true
    command: [sleep, '1000000']
  stubborn:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, "trap 'echo got TERM; exit 7' TERM; echo ready; while :; do sleep 0.1; done"]
secrets: { token: { file: ./secret.txt } }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
})
afterAll(() => host.destroy())

const inside = (service: string, script: string, ...flags: string[]) =>
  host.compose(['exec', '-T', ...flags, service, 'sh', '-c', script], { cwd: dir })

test('read_only, tmpfs, user, working_dir, hostname, environment and hosts take effect inside the machine', async () => {
  expect((await inside('limits', 'touch /x')).stderr).toContain('Read-only')
  expect((await inside('limits', 'touch /scratch/x && echo fine')).stdout).toBe('fine\n')
  expect((await inside('limits', 'id -u; id -g; pwd; hostname; echo $GREETING')).stdout).toBe(
    '1234\n1234\n/work\nchosen\ngood day\n',
  )
  expect((await inside('limits', 'cat /etc/hosts')).stdout).toMatch(/^192\.0\.2\.7\s+pal$/m)
  expect((await inside('limits', 'cat /etc/resolv.conf')).stdout).toContain('nameserver 127.0.0.11')
  expect((await inside('limits', 'cat /run/secrets/token')).stdout).toBe('hush\n')
})

test('memory and cpu limits, ulimits, sysctls and capabilities take effect inside the machine', async () => {
  expect((await inside('limits', 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/cpu.max')).stdout).toBe(
    '67108864\n50000 100000\n',
  )
  expect((await inside('limits', 'ulimit -n; ulimit -Hn')).stdout).toBe('512\n1024\n')
  expect((await inside('limits', 'cat /proc/sys/net/core/somaxconn')).stdout).toBe('777\n')
  expect((await inside('limits', 'grep CapBnd /proc/self/status')).stdout).toMatch(/CapBnd:\s+0+\n/)
})

test('machines tells limits, and of the rest what the machine has', async () => {
  const { stdout } = await host.ok(['machines', '--format', 'json'], { cwd: dir })
  const machines = JSON.parse(stdout) as { service: string; cpus: number; memoryBytes: number; pid: number }[]
  const of = (service: string) => machines.find((machine) => machine.service === service)
  expect(of('limits')).toMatchObject({ cpus: 0.5, memoryBytes: 67108864 })
  const processors = Number((await inside('init', 'grep -c ^processor /proc/cpuinfo')).stdout)
  expect(of('init')).toMatchObject({ cpus: processors, memoryBytes: 2 * 1024 ** 3, pid: expect.any(Number) })
})

test('what runs in the machine sees itself as PID 1, or the reaper when asked for', async () => {
  expect((await inside('stubborn', 'tr "\\0" " " < /proc/1/cmdline')).stdout).toMatch(/^sh -c /)
  expect((await inside('init', 'tr "\\0" " " < /proc/1/cmdline')).stdout).not.toMatch(/^sleep/)
  expect((await inside('init', 'ls /dev')).stdout).not.toMatch(/vda|vport/)
})

test('exec passes on exit codes, user, directory and environment, and runs several at once', async () => {
  expect((await inside('init', 'exit 42')).code).toBe(42)
  expect((await inside('init', 'kill -9 $$')).code).toBe(137)
  expect((await host.compose(['exec', '-T', 'init', 'nosuch'], { cwd: dir })).code).toBe(127)
  expect((await inside('init', 'id -u; pwd; echo $A', '-u', '65534', '-w', '/tmp', '-e', 'A=b')).stdout).toBe(
    '65534\n/tmp\nb\n',
  )
  const echoes = await Promise.all(Array.from({ length: 8 }, (_, i) => inside('init', `cat; echo ${i}`)))
  expect(echoes.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 8 }, (_, i) => `${i}\n`))
})

test('stdin reaches the process whole and ends', async () => {
  const input = 'x'.repeat(300_000)
  const count = await host.compose(['exec', '-T', 'init', 'wc', '-c'], { cwd: dir, input })
  expect(count.stdout.trim()).toBe('300000')
})

test('stdin that ends at once ends for the process too', async () => {
  const exec = `'${process.execPath}' '${bundle}' exec -T init sh -c 'cat; echo ended'`
  const empty = [`${exec} < /dev/null`, `: | ${exec}`, `${exec} <&-`]
  for (const line of empty)
    expect(await host.run('sh', ['-c', line], { cwd: dir, timeoutMs: 20_000 }), line).toMatchObject({
      code: 0,
      stdout: 'ended\n',
    })
  const file = await host.run('sh', ['-c', `${exec} < secret.txt`], { cwd: dir, timeoutMs: 20_000 })
  expect(file.stdout).toBe('hush\nended\n')
  const stranger = await host.docker(['exec', '-i', 'process-init-1', 'sh', '-c', 'cat; echo ended'], {
    timeoutMs: 20_000,
  })
  expect(stranger.stdout).toBe('ended\n')
})

test('stop sends the signal, waits for the process, and keeps its exit code and last words', async () => {
  await eventually(
    async () =>
      (await host.ok(['logs', '--no-log-prefix', 'stubborn'], { cwd: dir })).stdout.includes('ready'),
    'ready',
  )
  await host.ok(['stop', 'stubborn'], { cwd: dir })
  expect((await host.docker(['inspect', '-f', '{{.State.ExitCode}}', 'process-stubborn-1'])).stdout).toBe(
    '7\n',
  )
  expect((await host.ok(['logs', '--no-log-prefix', 'stubborn'], { cwd: dir })).stdout).toBe(
    'ready\ngot TERM\n',
  )
  await host.ok(['start', 'stubborn'], { cwd: dir })
  await eventually(
    async () =>
      (await host.ok(['logs', '--no-log-prefix', 'stubborn'], { cwd: dir })).stdout ===
      'ready\ngot TERM\nready\n',
    'both runs in the log',
  )
})

test('a process that takes more memory than its limit is killed and said to be', async () => {
  const run = await host.docker([
    'run',
    '--name',
    'greedy',
    '--runtime',
    'vm',
    '-m',
    '32m',
    'demo/busybox:1',
    'sh',
    '-c',
    'tail -c 200m /dev/zero',
  ])
  expect(run.code).toBe(137)
  expect((await host.docker(['inspect', '-f', '{{.State.OOMKilled}}', 'greedy'])).stdout).toBe('true\n')
  await host.docker(['rm', 'greedy'])
})
