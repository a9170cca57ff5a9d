import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { encodeFrame } from '../protocol/frame.ts'
import type { GuestLogRecord } from '../protocol/log-record.ts'
import { message } from '../protocol/wire.ts'
import { makeRootImage } from '../testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../testing/test-guest.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-life-'))
let image: string
let guest: TestGuest

beforeAll(() => {
  image = makeRootImage(folder)
})

afterEach(() => guest.destroy())

afterAll(() => {
  rmSync(folder, { recursive: true })
})

const outputOf = (records: GuestLogRecord[], stream: 'stdout' | 'stderr'): string =>
  records.map((record) => (record.kind === stream ? record.data.toString() : '')).join('')

test('an engine dies amid stdin and output: the next one goes on, no byte lost or doubled, the log is whole', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image)
  const first = await guest.attach(false)
  const script = 'seq 1 100000; wc -c; seq 1 1000 >&2; exit 3'
  await first.setup(testSetup(testProcess(['sh', '-c', script], { openStdin: true })))
  await first.start()
  await first.writeStdin(Buffer.alloc(100_000, 'a'))
  first.close()

  // An engine that dies amid a frame: a header that promises more than comes.
  const dying = await guest.socket()
  dying.end(encodeFrame({ type: message.data, stream: 1, payload: Buffer.alloc(60_000) }).subarray(0, 30_000))
  await new Promise((resolve) => dying.once('close', resolve))

  const second = await guest.attach(true)
  expect(second.state.phase).toBe('running')
  await second.writeStdin(Buffer.alloc(50_000, 'b'))
  second.closeStdin()
  expect(await second.exited).toMatchObject({ code: 3, oomKilled: false })
  await guest.off

  const records = await guest.log()
  const lines = outputOf(records, 'stdout').trimEnd().split('\n')
  expect(lines.length).toBe(100_001)
  expect(lines.slice(0, -1).every((line, index) => line === String(index + 1))).toBe(true)
  expect(lines.at(-1)).toBe('150000')
  expect(outputOf(records, 'stderr').trimEnd().split('\n').length).toBe(1000)
  expect(records.at(-1)).toMatchObject({ kind: 'exit', code: 3, oomKilled: false })
})

test('with init, a terminal and a read-only root: a reaper is PID 1, tmpfs mounts are writable, the rest is not', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image)
  const agent = await guest.attach(false)
  const script =
    'cat /proc/1/comm; pwd; tty; test -e /dev/console && echo console; touch /file 2>/dev/null || echo refused; touch /scratch/file && echo made; sleep 0.1 & read line; trap "exit 9" TERM; echo waiting; while :; do sleep 1; done'
  const setup = testSetup(
    testProcess(['sh', '-c', script], { terminal: true, openStdin: true, cwd: '/made/here' }),
  )
  await agent.setup({
    ...setup,
    init: true,
    readOnlyRoot: true,
    mounts: [
      {
        kind: 'filesystem',
        target: '/scratch',
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['noexec', 'size=1m'],
      },
      ...setup.mounts,
    ],
  })
  await agent.start()
  await agent.writeStdin(Buffer.from('go\n'))
  await expect
    .poll(async () => outputOf(await guest.log(), 'stdout'), { timeout: 20_000 })
    .toContain('waiting')
  await agent.signal(15)
  expect(await agent.exited).toMatchObject({ code: 9 })
  await guest.off
  const output = outputOf(await guest.log(), 'stdout')
  expect(output).toMatch(/docker-init\r\n\/made\/here\r\n\/dev\/pts\/0\r\nconsole\r\nrefused\r\nmade\r\n/)
})

test('memory beyond the limit ends the process, and the log says so', { timeout: 90_000 }, async () => {
  guest = await bootGuest(image)
  const agent = await guest.attach(false)
  const process = testProcess(['sh', '-c', 'exec dd if=/dev/zero of=/dev/shm/big bs=1M count=60'])
  await agent.setup(testSetup(process, { limits: { memoryMaxBytes: 20 << 20 } }))
  await agent.start()
  expect(await agent.exited).toMatchObject({ code: 137, oomKilled: true })
  await guest.off
  expect((await guest.log()).at(-1)).toMatchObject({ kind: 'exit', code: 137, oomKilled: true })
})

test('a program that is not there is refused at the start, and the machine can still be powered off', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image)
  const agent = await guest.attach(false)
  const prepared = agent.setup(testSetup(testProcess(['nosuch'])))
  const started = agent.start()
  await prepared
  await expect(started).rejects.toMatchObject({ exitCode: 127 })
  agent.shutdown()
  await guest.off
  expect(await guest.log()).toStrictEqual([])
})

test('a machine that has rehearsed is as one that has not: the same setup, and no trace of the other', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image, { nics: 1 })
  const agent = await guest.attach(false)
  const nic = { mac: '02:00:00:00:00:09', mtu: 1500, addresses: ['192.0.2.2/24'], gateways: ['192.0.2.1'] }
  const program = testProcess(['sh', '-c', 'echo rehearsed; exit 0'])
  for (let times = 0; times < 2; times++)
    await agent.rehearse({ ...testSetup(program), hostname: 'other', nics: [nic] })
  await expect(agent.rehearse(testSetup(testProcess(['sh', '-c', 'exit 3'])))).rejects.toThrow('status')
  await expect(agent.rehearse(testSetup(testProcess(['absent'])))).rejects.toThrow('not found')
  const rehearsed = outputOf(await guest.log(), 'stdout')
  expect(rehearsed).toBe('rehearsed\nrehearsed\n')

  const script = 'hostname; cat /etc/hostname /proc/net/fib_trie; ls /proc; cat /proc/net/route'
  const given = { ...nic, addresses: ['198.51.100.7/24'], gateways: ['198.51.100.1'] }
  await agent.setup(testSetup(testProcess(['sh', '-c', script]), { nics: [given] }))
  await agent.start()
  expect(await agent.exited).toMatchObject({ code: 0 })
  await guest.off
  const output = outputOf(await guest.log(), 'stdout').slice(rehearsed.length)
  expect(output).toMatch(/^box\nbox\n/)
  expect(output).toContain('198.51.100.7')
  expect(output).not.toContain('192.0.2.')
})
