import { unlinkSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort } from './testing/mounted-port.ts'

let host: string
let port: MountedPort
let guest: string

beforeAll(async () => {
  host = await fs.mkdtemp(join(tmpdir(), 'changes-'))
  port = await mountPort('plain', [`rw=${host}`, `rw=${host}`])
  guest = join(port.root, '0')
})

afterAll(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(host, { recursive: true })
})

const content = async (path: string, wanted: string): Promise<true | undefined> =>
  (await fs.readFile(path, 'utf8').catch(() => '')) === wanted ? true : undefined

const isAbsent = async (path: string): Promise<true | undefined> =>
  await fs.stat(path).then(
    () => undefined,
    () => true,
  )

describe('the guest caches for an hour, and still sees what the host does', () => {
  test('new content of a file that it has read, of the same length too', async () => {
    await fs.writeFile(join(host, 'f'), 'first')
    expect(await fs.readFile(join(guest, 'f'), 'utf8')).toBe('first')
    await fs.writeFile(join(host, 'f'), 'later')
    await eventually(() => content(join(guest, 'f'), 'later'))
    await fs.writeFile(join(host, 'f'), 'longer than that')
    await eventually(() => content(join(guest, 'f'), 'longer than that'))
  })

  test('content that came with its old length and its old time', async () => {
    const path = join(host, 'dated')
    await fs.writeFile(path, 'old')
    await fs.utimes(path, 1000, 1000)
    expect(await fs.readFile(join(guest, 'dated'), 'utf8')).toBe('old')
    await fs.writeFile(path, 'new')
    await fs.utimes(path, 1000, 1000)
    await eventually(() => content(join(guest, 'dated'), 'new'))
  })

  test('a file that was absent', async () => {
    expect(await isAbsent(join(guest, 'absent'))).toBe(true)
    await fs.writeFile(join(host, 'absent'), 'here')
    await eventually(() => content(join(guest, 'absent'), 'here'))
  })

  test('a file that goes', async () => {
    await fs.unlink(join(host, 'absent'))
    await eventually(() => isAbsent(join(guest, 'absent')))
  })

  test('a file that is replaced by a rename, as editors save', async () => {
    await fs.writeFile(join(host, 'r'), 'old')
    expect(await fs.readFile(join(guest, 'r'), 'utf8')).toBe('old')
    await fs.writeFile(join(host, 'r.tmp'), 'new')
    await fs.rename(join(host, 'r.tmp'), join(host, 'r'))
    await eventually(() => content(join(guest, 'r'), 'new'))
  })

  test('the listing of a directory that it has listed', async () => {
    await fs.mkdir(join(host, 'd'))
    expect(await fs.readdir(join(guest, 'd'))).toStrictEqual([])
    await fs.writeFile(join(host, 'd/x'), '')
    await eventually(async () => ((await fs.readdir(join(guest, 'd'))).includes('x') ? true : undefined))
  })

  test('modes of files and directories', async () => {
    expect((await fs.stat(join(guest, 'd'))).mode & 0o777).toBe(0o755)
    await fs.chmod(join(host, 'd'), 0o700)
    await fs.chmod(join(host, 'd/x'), 0o600)
    await eventually(async () => ((await fs.stat(join(guest, 'd'))).mode & 0o777) === 0o700 || undefined)
    await eventually(async () => ((await fs.stat(join(guest, 'd/x'))).mode & 0o777) === 0o600 || undefined)
  })

  test('a directory that becomes a file', async () => {
    await fs.rm(join(host, 'd'), { recursive: true })
    await fs.writeFile(join(host, 'd'), 'a file')
    await eventually(() => content(join(guest, 'd'), 'a file'))
  })

  test('a second name of one file', async () => {
    await fs.writeFile(join(host, 'n1'), 'one')
    await fs.mkdir(join(host, 'elsewhere'))
    await fs.link(join(host, 'n1'), join(host, 'elsewhere/n2'))
    expect(await fs.readFile(join(guest, 'n1'), 'utf8')).toBe('one')
    await fs.writeFile(join(host, 'elsewhere/n2'), 'two')
    await eventually(() => content(join(guest, 'n1'), 'two'))
  })

  test('a change in a file that the guest itself wrote before', async () => {
    await fs.writeFile(join(guest, 'mine'), 'guest')
    expect(await fs.readFile(join(guest, 'mine'), 'utf8')).toBe('guest')
    await fs.writeFile(join(host, 'mine'), 'host!')
    await eventually(() => content(join(guest, 'mine'), 'host!'))
  })
})

test('what the guest does itself is not told to it again', async () => {
  await fs.writeFile(join(guest, 'own'), 'x')
  await fs.readFile(join(guest, 'own'))
  // Reading has outdated the time of access.
  await fs.stat(join(guest, 'own'))
  const before = await writtenWhenQuiet(port.pumpPid)
  // Nothing is asked and nothing told while the guest uses what it holds.
  for (let i = 0; i < 100; i++) await fs.stat(join(guest, 'own'))
  expect((await written(port.pumpPid)) - before).toBe(0)
  for (let i = 0; i < 50; i++) {
    await fs.mkdir(join(guest, 'once'))
    await fs.rmdir(join(guest, 'once'))
  }
  // LOOKUP, MKDIR, RMDIR, two GETATTR for the parent, their answers, and FORGET; four notifications would add to them.
  expect((await written(port.pumpPid)) - before).toBeLessThanOrEqual(50 * 11)
})

test('a directory that is mounted twice is one: what is done in one place is seen in the other', async () => {
  const other = join(port.root, '1')
  expect(await isAbsent(join(other, 'twice'))).toBe(true)
  await fs.writeFile(join(guest, 'twice'), '1')
  await eventually(() => content(join(other, 'twice'), '1'))
  await fs.writeFile(join(other, 'twice'), '2')
  await eventually(() => content(join(guest, 'twice'), '2'))
  await fs.rename(join(guest, 'twice'), join(guest, 'moved'))
  await eventually(() => isAbsent(join(other, 'twice')))
  expect(await fs.readdir(other)).toContain('moved')
})

test('a file with several names, as in a store of packages, is cached like any other', async () => {
  await fs.writeFile(join(host, 'stored'), 'v1')
  await fs.link(join(host, 'stored'), join(host, 'linked'))
  expect(await fs.readFile(join(guest, 'linked'), 'utf8')).toBe('v1')
  await fs.stat(join(guest, 'linked'))
  const before = await writtenWhenQuiet(port.pumpPid)
  for (let i = 0; i < 100; i++) await fs.stat(join(guest, 'linked'))
  await fs.stat(join(guest, 'linked'))
  expect((await written(port.pumpPid)) - before).toBe(0)
  await fs.writeFile(join(host, 'stored'), 'v2')
  await eventually(() => content(join(guest, 'linked'), 'v2'))
})

/** System calls of the pump that wrote: one for each request, answer and notification. */
const written = async (pid: number): Promise<number> =>
  Number(/^syscw: (\d+)$/m.exec(await fs.readFile(`/proc/${pid}/io`, 'utf8'))?.[1])

test('a storm that is larger than the kernel’s queue of events loses nothing', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `s${i}`)
  await fs.mkdir(join(host, 'storm'))
  for (const name of names) await fs.writeFile(join(host, 'storm', name), 'before')
  for (const name of names) await fs.readFile(join(guest, 'storm', name))
  expect(await isAbsent(join(guest, 'storm/late'))).toBe(true)
  // While the server stands still, 16384 events and more come together.
  process.kill(port.server.pid, 'SIGSTOP')
  for (let i = 0; i < 9000; i++) {
    writeFileSync(join(host, 'storm/late'), '')
    unlinkSync(join(host, 'storm/late'))
  }
  for (const name of names) await fs.writeFile(join(host, 'storm', name), `after ${name}`)
  await fs.rename(join(host, 'storm/s1'), join(host, 'storm/s0'))
  await fs.writeFile(join(host, 'storm/late'), 'here')
  process.kill(port.server.pid, 'SIGCONT')
  await eventually(() => content(port.dropCaches, '2'))
  for (const name of names.slice(2))
    await eventually(() => content(join(guest, 'storm', name), `after ${name}`))
  await eventually(() => content(join(guest, 'storm/s0'), 'after s1'))
  await eventually(() => isAbsent(join(guest, 'storm/s1')))
})

/** After the looks at who watches, which follow changes of the host. */
const writtenWhenQuiet = async (pid: number): Promise<number> =>
  eventually(async () => {
    const before = await written(pid)
    await new Promise((resolve) => setTimeout(resolve, 100))
    return (await written(pid)) === before ? before : undefined
  })
