import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, runServer } from './testing/mounted-port.ts'
import { type RawGuest, rawGuest } from './testing/raw-guest.ts'

let source: string
let guest: RawGuest

beforeEach(async () => {
  source = await fs.mkdtemp(join(tmpdir(), 'cage-'))
  await fs.mkdir(join(source, 'rw'))
  await fs.mkdir(join(source, 'ro'))
  guest = await rawGuest('plain', [`rw=${join(source, 'rw')}`, `ro=${join(source, 'ro')}`])
})

afterEach(async () => {
  await guest[Symbol.asyncDispose]()
  await fs.rm(source, { recursive: true })
})

const proc = (path: string): string => `/proc/${guest.server.pid}/${path}`

test('the server’s whole file system is the sources', async () => {
  expect((await fs.readdir(proc('root'))).sort()).toStrictEqual(['0', '1'])
  await fs.writeFile(join(source, 'rw/x'), '')
  expect(await fs.readdir(proc('root/0'))).toStrictEqual(['x'])
  await expect(fs.readFile(proc('root/etc/passwd'))).rejects.toMatchObject({ code: 'ENOENT' })
  const mounts = (await fs.readFile(proc('mountinfo'), 'utf8')).trim().split('\n')
  const seen = mounts
    .map((line) => line.split(' '))
    .map((fields) => [fields[4], fields[5]] as const)
    .sort()
  expect(seen.map(([target]) => target)).toStrictEqual(['/', '/0', '/1'])
  for (const [target, options = ''] of seen) {
    expect(options.split(',')).toEqual(expect.arrayContaining(['nosuid', 'nodev', 'noexec']))
    expect(options.split(',')[0]).toBe(target === '/0' ? 'rw' : 'ro')
  }
})

test('it is alone in its namespaces', async () => {
  for (const kind of ['mnt', 'pid', 'net', 'ipc', 'uts'])
    expect(await fs.readlink(proc(`ns/${kind}`))).not.toBe(await fs.readlink(`/proc/self/ns/${kind}`))
  const links = spawnSync('nsenter', ['-t', String(guest.server.pid), '-n', 'ip', '-br', 'link'], {
    encoding: 'utf8',
  })
  expect(links.stdout).toMatch(/^lo +DOWN[^\n]*\n$/)
})

test('it keeps four capabilities, gets no new ones, and its system calls are filtered', async () => {
  const status = await fs.readFile(proc('status'), 'utf8')
  const field = (key: string) => new RegExp(`^${key}:\\s+(\\S+)`, 'm').exec(status)?.[1]
  // CHOWN, DAC_OVERRIDE, FOWNER, FSETID.
  const kept = ['CapPrm', 'CapEff', 'CapBnd'].map(field)
  expect(kept).toStrictEqual(Array(3).fill('000000000000001b'))
  expect([field('CapInh'), field('CapAmb')]).toStrictEqual(Array(2).fill('0000000000000000'))
  expect([field('NoNewPrivs'), field('Seccomp')]).toStrictEqual(['1', '2'])
})

test('it holds nothing open but its socket, its messages, its events and the list of its files', async () => {
  const open = async () => {
    const fds = await fs.readdir(proc('fd'))
    const targets = await Promise.all(fds.map((fd) => fs.readlink(proc(`fd/${fd}`)).catch(() => '')))
    return targets.map((target) => target.replace(/\d+/g, 'N')).sort()
  }
  // It says "ready" by a pipe, which it closes after that.
  await eventually(async () =>
    (await open()).some((target) => target.startsWith('pipe')) ? undefined : true,
  )
  // Standard error is a socket too, as Node.js makes it.
  expect(await open()).toStrictEqual([
    '/',
    '/N/fd',
    '/dev/null',
    'anon_inode:inotify',
    'socket:[N]',
    'socket:[N]',
  ])
})

test('a second server for the same port is refused', async () => {
  await expect(runServer(guest.dir, 'plain', [`rw=${source}`])).rejects.toThrow('another server holds')
})

test('a source that is not there is named', async () => {
  const dir = await fs.mkdtemp(join(tmpdir(), 'cage-'))
  await expect(runServer(dir, 'plain', [`rw=${join(source, 'nothing')}`])).rejects.toThrow(
    `mount ${join(source, 'nothing')}: No such file or directory`,
  )
  await fs.rm(dir, { recursive: true })
})

test('a wrong command line gives the usage and status 2', async () => {
  for (const words of [
    [],
    ['--profile', 'other', '--socket', '/x', '--pid-file', '/y', 'rw=/'],
    ['rw=relative'],
  ]) {
    const child = spawn(artifactPath('mount-server'), words)
    const [code] = await once(child, 'exit')
    expect(code).toBe(2)
  }
})

test('it ends with the other end, and leaves no process and no mount', async () => {
  const before = await fs.readFile('/proc/self/mountinfo', 'utf8')
  const { pid, attendant } = guest.server
  const ended = once(attendant, 'exit')
  await guest[Symbol.asyncDispose]()
  await ended
  await expect(fs.stat(`/proc/${pid}`)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await fs.readFile('/proc/self/mountinfo', 'utf8')).toBe(before)
  guest = await rawGuest('plain', [`rw=${source}`])
})
