import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { artifactPath } from '@container-compose/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../mount-server/testing/mounted-port.ts'
import {
  connectTo,
  hear,
  type RelayedSockets,
  relaySockets,
  runSocketServer,
} from './testing/relayed-sockets.ts'

let relayed: RelayedSockets

beforeEach(async () => {
  relayed = await relaySockets(['/run/nothing.sock', '/run/no-other.sock'])
})

afterEach(() => relayed[Symbol.asyncDispose]())

const proc = (path: string): string => `/proc/${relayed.server.pid}/${path}`

test('who speaks with the guest sees no file, and has no network', async () => {
  expect(await readdir(proc('root'))).toStrictEqual([])
  const mounts = (await readFile(proc('mountinfo'), 'utf8')).trim().split('\n')
  expect(mounts.map((line) => line.split(' ').slice(4, 6).join(' '))).toStrictEqual([
    expect.stringMatching(/^\/ ro,nosuid,nodev,noexec/),
  ])
  for (const kind of ['mnt', 'pid', 'net', 'ipc', 'uts'])
    expect(await readlink(proc(`ns/${kind}`))).not.toBe(await readlink(`/proc/self/ns/${kind}`))
})

test('it is nobody, without any capability, and its system calls are filtered', async () => {
  const status = await readFile(proc('status'), 'utf8')
  const field = (key: string) => new RegExp(`^${key}:[ \\t]+(.*)$`, 'm').exec(status)?.[1]?.trim()
  for (const key of ['CapPrm', 'CapEff', 'CapBnd', 'CapInh', 'CapAmb'])
    expect(field(key)).toBe('0000000000000000')
  expect([field('Uid'), field('Gid'), field('Groups')]).toStrictEqual([
    ...Array(2).fill('65534\t65534\t65534\t65534'),
    '',
  ])
  expect([field('NoNewPrivs'), field('Seccomp')]).toStrictEqual(['1', '2'])
})

test('it holds nothing open but the port, its parent and its messages', async () => {
  const open = async () =>
    Promise.all((await readdir(proc('fd'))).map((fd) => readlink(proc(`fd/${fd}`)).catch(() => '')))
  // It says "ready" by a pipe, which it closes after that. Standard error is a socket too, as Node.js makes it.
  const targets = await eventually(async () => {
    const found = await open()
    return found.some((target) => target.startsWith('pipe')) ? undefined : found
  })
  expect(targets.map((target) => target.replace(/\d+/g, 'N')).sort()).toStrictEqual([
    '/dev/null',
    ...Array(3).fill('socket:[N]'),
  ])
})

test('the log tells which socket could not be reached, and why', async () => {
  expect(await hear(await relayed.connect(1))).toBe('')
  process.kill(relayed.server.pid, 'SIGKILL')
  const { said } = relayed.server
  await relayed[Symbol.asyncDispose]()
  expect(await said).toContain('socket-server: /run/no-other.sock: No such file or directory\n')
  relayed = await relaySockets(['/run/nothing.sock'])
})

test('a second server for the same port is refused, and a wrong command line', async () => {
  await expect(runSocketServer(relayed.dir, ['/x'])).rejects.toThrow('another server holds')
  for (const words of [
    [],
    ['--socket', '/x', '--pid-file', '/y'],
    ['--socket', '/x', '--pid-file', '/y', 'relative'],
  ])
    expect(spawnSync(artifactPath('socket-server'), words).status).toBe(2)
})

test('it ends with the port, with its parent and without a trace', async () => {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  const { pid, parent } = relayed.server
  const client = await connectTo(`${relayed.dir}/inside-0`)
  const ended = once(parent, 'exit')
  await relayed[Symbol.asyncDispose]()
  expect((await ended)[0]).toBe(0)
  client.destroy()
  await expect(readdir(`/proc/${pid}`)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await readFile('/proc/self/mountinfo', 'utf8')).toBe(mounts)
  relayed = await relaySockets(['/run/nothing.sock'])
})
