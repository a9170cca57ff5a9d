import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GuestProcess } from '../protocol/setup.ts'
import { makeRootImage } from '../testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../testing/test-guest.ts'
import type { AgentClient } from './agent-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-exec-'))
let guest: TestGuest
let agent: AgentClient

beforeAll(async () => {
  guest = await bootGuest(makeRootImage(folder))
  agent = await guest.attach(false)
  await agent.prepare(testSetup(undefined))
  await agent.setup(
    testSetup(testProcess(['sleep', '1000']), {
      domainname: 'example.org',
      limits: { memoryMaxBytes: 64 << 20, pidsMax: 50, cpuQuotaUs: 50_000, cpuShares: 512 },
      sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' },
    }),
  )
  await agent.start()
}, 90_000)

afterAll(async () => {
  await guest.destroy()
  rmSync(folder, { recursive: true })
})

const run = async (script: string, changes: Partial<GuestProcess> = {}, input?: string) => {
  const exec = await agent.exec(
    testProcess(['sh', '-c', script], { openStdin: input !== undefined, ...changes }),
  )
  const outputs = Promise.all([text(exec.stdout), text(exec.stderr)])
  if (input !== undefined) {
    await exec.writeStdin(Buffer.from(input))
    exec.closeStdin()
  }
  const [stdout, stderr] = await outputs
  return { stdout, stderr, code: (await exec.exited).code }
}

test('output, errors and exit code come back apart', async () => {
  expect(await run('echo out; echo err >&2; exit 5')).toStrictEqual({
    stdout: 'out\n',
    stderr: 'err\n',
    code: 5,
  })
})

test('a process that a signal ended exits with 128 and its number', async () => {
  expect((await run('kill -9 $$')).code).toBe(137)
})

test('stdin arrives whole and ends', async () => {
  const input = 'x'.repeat(1_000_000)
  expect((await run('wc -c', {}, input)).stdout.trim()).toBe('1000000')
})

test('without stdin, reading ends at once', async () => {
  expect((await run('cat; echo done')).stdout).toBe('done\n')
})

test('many bytes of output arrive in order, to a slow reader too', async () => {
  const exec = await agent.exec(testProcess(['seq', '1', '100000']))
  const lines = (await text(exec.stdout)).trimEnd().split('\n')
  expect(lines.length).toBe(100_000)
  expect(lines.every((line, index) => line === String(index + 1))).toBe(true)
})

test('several run at once', async () => {
  const results = await Promise.all(Array.from({ length: 8 }, (_, n) => run(`sleep 0.2; echo ${n}`)))
  expect(results.map(({ stdout }) => stdout.trim())).toStrictEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
})

test('an exec is in the namespaces of the container, whose process is PID 1', async () => {
  const { stdout } = await run(
    'for n in pid mnt uts ipc cgroup; do test /proc/self/ns/$n -ef /proc/1/ns/$n && echo $n; done; cat /proc/1/comm',
  )
  expect(stdout).toBe('pid\nmnt\nuts\nipc\ncgroup\nsleep\n')
})

test('user, groups and home come from the files of the container', async () => {
  const { stdout } = await run('id -u; id -G; echo $HOME', {
    user: 'jane',
    additionalGroups: ['extra', '99'],
  })
  expect(stdout).toBe('1000\n1000 10 77 99\n/home/jane\n')
  expect((await run('id -u; id -G; echo $HOME', { user: '12:34' })).stdout).toBe('12\n34\n/\n')
})

test.each([
  [['nosuch'], {}, 127, 'exec: "nosuch": executable file not found in $PATH'],
  [['/no/such'], {}, 127, 'exec: "/no/such": stat /no/such: no such file or directory'],
  [['/etc/passwd'], {}, 126, 'exec: "/etc/passwd": permission denied'],
  [['/etc'], {}, 126, 'exec: "/etc": is a directory'],
  [
    ['id'],
    { user: 'nobody-here' },
    128,
    'unable to find user nobody-here: no matching entries in passwd file',
  ],
  [['id'], { user: 'jane:gone' }, 128, 'unable to find group gone: no matching entries in group file'],
])('%j %j ends with %i', async (args, changes, exitCode, message) => {
  await expect(agent.exec(testProcess(args, changes))).rejects.toMatchObject({ exitCode, message })
})

test('capabilities bound the process, and only root has them', async () => {
  const status =
    'while read key value; do case $key in CapInh:|CapPrm:|CapEff:|CapBnd:|CapAmb:) echo $value;; esac; done < /proc/self/status'
  const docker = '00000000a80425fb'
  const none = '0000000000000000'
  expect((await run(status)).stdout.trim().split('\n')).toStrictEqual([none, docker, docker, docker, none])
  expect((await run(status, { user: 'jane' })).stdout.trim().split('\n')).toStrictEqual([
    none,
    none,
    none,
    docker,
    none,
  ])
})

test('resource limits, no_new_privs, oom_score_adj and a new working directory take effect', async () => {
  const { stdout } = await run(
    'pwd; ulimit -n; ulimit -Hn; cat /proc/self/oom_score_adj; while read key value; do test $key = NoNewPrivs: && echo $value; done < /proc/self/status',
    {
      cwd: '/made/for/me',
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }],
      noNewPrivileges: true,
      oomScoreAdj: 500,
    },
  )
  expect(stdout).toBe('/made/for/me\n100\n200\n500\n1\n')
})

test('a terminal has its size, controls the process, and can be resized', async () => {
  const exec = await agent.exec(
    testProcess(['sh', '-c', 'stty size; read line; stty size; test -t 0 && echo tty; echo "<$line>"'], {
      terminal: true,
      openStdin: true,
      consoleSize: { rows: 30, columns: 100 },
    }),
  )
  const output = text(exec.stdout)
  let said = ''
  const size = await new Promise<string>((resolve) =>
    exec.stdout.on('data', (data) => {
      said += data
      if (said.includes('\n')) resolve(said)
    }),
  )
  expect(size).toBe('30 100\r\n')
  exec.resize({ rows: 40, columns: 120 })
  await exec.writeStdin(Buffer.from('typed\n'))
  expect(await output).toContain('40 120\r\ntty\r\n<typed>\r\n')
  expect((await exec.exited).code).toBe(0)
})

test('a signal reaches an exec', async () => {
  const exec = await agent.exec(testProcess(['sleep', '1000']))
  await exec.kill(15)
  expect((await exec.exited).code).toBe(143)
})

test('hostname, domain, files of /etc and sysctls are those of the setup', async () => {
  const { stdout } = await run(
    'hostname; cat /proc/sys/kernel/domainname /etc/hostname /etc/resolv.conf /proc/sys/net/ipv4/ip_unprivileged_port_start',
  )
  expect(stdout).toBe('box\nexample.org\nbox\nnameserver 127.0.0.11\n0\n')
})

test('masked paths are empty, read-only paths refuse, nothing of the machine is in /dev', async () => {
  const { stdout } = await run(
    'wc -c < /proc/kcore; echo x > /proc/sys/kernel/domainname || echo refused; ls /dev',
  )
  expect(stdout).toBe(
    '0\nrefused\ncore\nfd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n',
  )
})

test("limits are those of the container's cgroup", async () => {
  const { stdout } = await run('cd /sys/fs/cgroup; cat memory.max pids.max cpu.max cpu.weight')
  expect(stdout).toBe('67108864\n50\n50000 100000\n20\n')
})

test('usage and processes are told', async () => {
  const usage = await agent.usage()
  expect(usage.memoryLimitBytes).toBe(64 << 20)
  expect(usage.memoryBytes).toBeGreaterThan(0)
  expect(usage.pids).toBe(1)
  expect(usage.cpuTotal).toBeGreaterThan(0n)
  expect(await agent.processes()).toMatchObject([{ pid: 1, ppid: 0, uid: 0, command: 'sleep 1000' }])
})

test('the end of a process does not wait for ever for those that hold its output', async () => {
  expect(await run('sleep 600 & echo started')).toMatchObject({ stdout: 'started\n', code: 0 })
})
