import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeRootImage } from '../testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../testing/test-guest.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-restart-'))
let image: string
let guest: TestGuest

beforeAll(() => {
  image = makeRootImage(folder)
})

afterEach(() => guest.destroy())

afterAll(() => {
  rmSync(folder, { recursive: true })
})

const output = async (): Promise<string> =>
  (await guest.log()).map((record) => (record.kind === 'stdout' ? record.data.toString() : '')).join('')

const archive = (name: string, content: Buffer): Readable => {
  writeFileSync(join(folder, name), content, { mode: 0o755 })
  return Readable.from([execFileSync('tar', ['-c', '-C', folder, name])])
}

const saying = (text: string) => expect.poll(output, { timeout: 20_000 }).toContain(text)

test('a restarted program is PID 1 of a /proc of its own, with the same files, name and log; execs end with the old one', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image)
  const agent = await guest.attach(false)
  const script =
    'echo $$ $(ls /proc | grep -c "^[0-9]") $(hostname) $(cat /count 2>/dev/null); echo x >> /count; echo y > /dev/shm/kept; test -w /proc/sys/kernel/hostname || echo covered; cat; echo over; trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done'
  await agent.setup(testSetup(testProcess(['sh', '-c', script], { openStdin: true })))
  await agent.start()
  await agent.writeStdin(Buffer.from('typed\n'))
  await saying('typed\n')
  const exec = await agent.exec(testProcess(['sleep', '1000']))
  await agent.restart({ signal: 15, graceMs: 200 })
  expect(await exec.exited).toMatchObject({ code: 137 })
  // What was typed to the first is not read by the second.
  await agent.writeStdin(Buffer.from('again\n'))
  agent.closeStdin()
  await saying('ready')
  expect((await agent.files.stat('/dev/shm/kept')).size).toBe(2)
  await agent.restart({ signal: 15, graceMs: 5000 })
  await expect.poll(async () => (await output()).split('ready').length, { timeout: 20_000 }).toBe(3)
  await agent.signal(15)
  expect(await agent.exited).toMatchObject({ code: 5, oomKilled: false })
  await guest.off
  const first = (count: string) => `1 4 box${count}\ncovered\n`
  expect(await output()).toBe(
    `${first('')}typed\n${first(' x')}again\nover\nready\n${first(' x x')}over\nready\n`,
  )
  expect((await guest.log()).filter(({ kind }) => kind === 'exit')).toMatchObject([{ code: 5 }])
})

test('a terminal, init and a reaper come again; a program that is gone ends the container', {
  timeout: 90_000,
}, async () => {
  guest = await bootGuest(image)
  const agent = await guest.attach(false)
  const script = 'cat /proc/1/comm; tty; test -t 1 && echo console > /dev/console; echo ready; sleep 1000'
  const setup = testSetup(testProcess(['/bin/own', '-c', script], { terminal: true }))
  await agent.setup({ ...setup, init: true })
  await agent.files.write('/bin', archive('own', readFileSync('/bin/sh')), { noOverwriteDirNonDir: false })
  await agent.start()
  await saying('ready')
  await agent.restart({ signal: 9, graceMs: 0 })
  await expect.poll(async () => (await output()).split('ready').length, { timeout: 20_000 }).toBe(3)
  const round = 'docker-init\r\n/dev/pts/0\r\nconsole\r\nready\r\n'
  expect(await output()).toBe(round + round)
  await agent.files.write('/bin', archive('.wh.own', Buffer.alloc(0)), {
    noOverwriteDirNonDir: false,
    sync: true,
  })
  await expect(agent.restart({ signal: 9, graceMs: 0 })).rejects.toMatchObject({ exitCode: 127 })
  expect(await agent.exited).toMatchObject({ code: 127 })
  await guest.off
})
