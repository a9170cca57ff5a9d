import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import type { Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { artifactPath } from '@container-compose/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../mount-server/testing/mounted-port.ts'
import type { AgentClient } from '../src/client/agent-client.ts'
import { makeRootImage } from '../src/testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../src/testing/test-guest.ts'
import { listenAt, runSocketServer, type SocketServer } from './testing/relayed-sockets.ts'

let dir: string
let guest: TestGuest
let agent: AgentClient
let socketServer: SocketServer
const programs: Server[] = []

const socket = (target: string, entry: number, mode: number, readOnly = false) =>
  ({ kind: 'socket', target, entry: String(entry), readOnly, uid: 0, gid: 77, mode }) as const

let echoed = 0

const echo = (connection: Socket): void => {
  connection.on('data', ({ length }) => {
    echoed += length
  })
  connection.on('error', () => {})
  connection.pipe(connection)
}

beforeAll(async () => {
  dir = await fs.mkdtemp(join(tmpdir(), 'sockets-'))
  const image = makeRootImage(dir, [artifactPath('socket-probe')])
  guest = await bootGuest(image, { sockets: join(dir, 'sock') })
  agent = await guest.attach(false)
  programs.push(await listenAt(join(dir, 'echo'), echo))
  const setup = testSetup(testProcess(['sleep', '1000']))
  await agent.setup({
    ...setup,
    mounts: [
      ...setup.mounts,
      socket('/run/echo.sock', 0, 0o660, true),
      socket('/var/run/deep/peer.sock', 1, 0o666),
      socket('/absent.sock', 2, 0o666),
    ],
  })
  await agent.start()
}, 180_000)

afterAll(async () => {
  await guest.destroy()
  if (socketServer.parent.exitCode === null) await once(socketServer.parent, 'exit')
  for (const program of programs) program.close()
  await fs.rm(dir, { recursive: true })
})

const start = (args: readonly string[], changes = {}) => agent.exec(testProcess(args, changes))

const probe = async (args: readonly string[], changes = {}): Promise<string> => {
  const exec = await start(['socket-probe', ...args], changes)
  const [said, complaint] = await Promise.all([text(exec.stdout), text(exec.stderr)])
  return said + complaint
}

test('what connects before the server is there waits for it; kind, owner and mode are as they were told', async () => {
  const early = await start(['socket-probe', 'many', '/run/echo.sock', '3'])
  const { stdout } = await start(['stat', '-c', '%F %u %g %a', '/run/echo.sock', '/var/run/deep/peer.sock'])
  expect(await text(stdout)).toBe('socket 0 77 660\nsocket 0 77 666\n')
  socketServer = await runSocketServer(
    dir,
    ['echo', 'peer', 'absent'].map((name) => join(dir, name)),
  )
  expect(await text(early.stdout)).toBe('0\n1\n2\n')
})

test('who may connect is decided by owner, group and mode, and the host sees who it is', async () => {
  const jane = { user: 'jane' }
  expect(await probe(['many', '/run/echo.sock', '1'], jane)).toContain('Permission denied')
  expect(await probe(['many', '/run/echo.sock', '1'], { ...jane, additionalGroups: ['extra'] })).toBe('0\n')
  const host = spawn(artifactPath('socket-probe'), ['peer', join(dir, 'peer')])
  const seen = text(host.stdout)
  await eventually(() => fs.stat(join(dir, 'peer')).catch(() => undefined))
  await probe(['many', '/var/run/deep/peer.sock', '1'], jane)
  expect(await seen).toBe('1000 1000\n')
})

test('many at once, and megabytes both ways, unchanged', async () => {
  const all = Array.from({ length: 100 }, (_, i) => `${i}\n`).join('')
  const [numbers, took] = await Promise.all([
    probe(['many', '/run/echo.sock', '100']),
    probe(['echo', '/run/echo.sock', '5']),
  ])
  expect(numbers).toBe(all)
  expect(took).toMatch(/^\d+\n$/)
})

test('a program that is not there closes the connection', async () => {
  expect(await probe(['many', '/absent.sock', '1'])).toBe('closed\n')
})

test('when the server dies connections are closed, and those that come then are carried by its successor', async () => {
  const held = await agent.exec(testProcess(['socket-probe', 'ask', '/run/echo.sock'], { openStdin: true }))
  await held.writeStdin(Buffer.from('before\n'))
  expect(String((await once(held.stdout, 'data'))[0])).toBe('before\n')
  const before = echoed
  const flood = probe(['echo', '/run/echo.sock', '1000'])
  await eventually(async () => (echoed > before + 1_000_000 ? true : undefined))
  process.kill(socketServer.pid, 'SIGKILL')
  expect((await held.exited).code).toBeLessThan(2)
  expect(await flood).toMatch(/other bytes|write/)
  expect(await probe(['many', '/run/echo.sock', '2'])).toBe('0\n1\n')
})

test('a program that has made its socket anew is found', async () => {
  const [first] = programs.splice(0)
  await new Promise((resolve) => first?.close(resolve))
  expect(await probe(['many', '/run/echo.sock', '1'])).toBe('closed\n')
  programs.push(await listenAt(join(dir, 'echo'), (connection) => connection.end('again')))
  expect(await probe(['many', '/run/echo.sock', '1'])).toBe('again')
})
