import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort } from './testing/mounted-port.ts'

let host: string
let port: MountedPort
let watcher: ChildProcess | undefined
let heard: string[] = []
/** A directory of each test's own: that the one before was watched would be believed for a while. */
let last: string

beforeAll(async () => {
  host = await fs.mkdtemp(join(tmpdir(), 'watchers-'))
  port = await mountPort('plain', [`rw=${host}`])
})

afterEach(() => {
  watcher?.kill()
  watcher = undefined
})

afterAll(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(host, { recursive: true })
})

/** Watches in the guest, as a program there would; resolves when it does. */
const watch = async (...names: string[]): Promise<void> => {
  heard = []
  const paths = names.map((name) => join(port.root, '0', name))
  const child = spawn(artifactPath('print-events'), paths, { stdio: ['ignore', 'pipe', 'inherit'] })
  watcher = child
  await port.addProcess(child.pid ?? 0)
  let pending = ''
  child.stdout.on('data', (text: Buffer) => {
    const lines = `${pending}${text}`.split('\n')
    pending = lines.pop() ?? ''
    heard.push(...lines)
  })
  await eventually(async () => heard.includes('ready') || undefined)
  // That nobody watches is believed for a while, the longer the more processes there are to look through.
  await eventually(async () => {
    await fs.writeFile(join(host, last, 'mark'), String(Math.random()))
    await new Promise((resolve) => setTimeout(resolve, 50))
    return heard.some((line) => line.endsWith('modify mark')) || undefined
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  heard = []
}

/** What was heard; one save is often several writes. */
const told = (): string[] =>
  heard.filter((line, index) => !line.includes('modify') || !heard.slice(0, index).includes(line))

let marks = 0
const isMark = (line: string): boolean => / mark(-\d+)?$/.test(line)

/** Exactly these events, in this order, and none after them. */
const hears = async (...events: string[]): Promise<void> => {
  const named = () => told().filter((line) => !isMark(line))
  await eventually(async () => named().length >= events.length || undefined).catch(() => {})
  // What should not come would come with the next poke at the latest. Each mark has a name of its own: an event of the one before may
  // still be on its way.
  marks += 1
  const mark = `mark-${marks}`
  await fs.writeFile(join(host, last, mark), '')
  await eventually(async () => heard.some((line) => line.endsWith(`create ${mark}`)) || undefined)
  expect(named()).toEqual(events)
  heard = []
}

const prepare = async (name: string): Promise<void> => {
  await fs.mkdir(join(host, name), { recursive: true })
  last = `${name}-last`
  await fs.mkdir(join(host, last), { recursive: true })
  await fs.writeFile(join(host, last, 'mark'), '')
}

test('a change of content, of permissions, and nothing for a change of something else', async () => {
  await prepare('state')
  await fs.writeFile(join(host, 'state/f'), 'one')
  await fs.mkdir(join(host, 'elsewhere'))
  await watch('state', last)
  await fs.appendFile(join(host, 'state/f'), ' two')
  await hears('0 modify f')
  await fs.writeFile(join(host, 'state/f'), 'ONE TWO')
  await hears('0 modify f')
  await fs.chmod(join(host, 'state/f'), 0o600)
  await hears('0 attrib f')
  // As touch does it: new times are no new content.
  await fs.utimes(join(host, 'state/f'), 2000, 2000)
  await hears('0 attrib f')
  await fs.writeFile(join(host, 'elsewhere/x'), '')
  await hears()
})

test('permissions and times of directories, for who watches them or what they are in', async () => {
  await prepare('directories')
  await fs.mkdir(join(host, 'directories/d'))
  await fs.mkdir(join(host, 'directories/unknown'))
  await watch('directories', 'directories/d', last)
  await fs.chmod(join(host, 'directories/d'), 0o700)
  await hears('0 attrib-directory d', '1 attrib-directory')
  await fs.chmod(join(host, 'directories/unknown'), 0o700)
  await hears('0 attrib-directory unknown')
  // What changes in it has changed its times.
  await fs.writeFile(join(host, 'directories/d/new'), '')
  await hears('1 create new')
  await fs.chmod(join(host, 'directories/d'), 0o755)
  await hears('0 attrib-directory d', '1 attrib-directory')
})

test('what is made, removed and renamed, files and directories, whether the guest knew them or not', async () => {
  await prepare('names')
  await watch('names', last)
  // One after the other: what is made and written within milliseconds may be told as made alone.
  await fs.writeFile(join(host, 'names/new'), '')
  await hears('0 create new')
  await fs.appendFile(join(host, 'names/new'), 'n')
  await hears('0 modify new')
  await fs.mkdir(join(host, 'names/dir'))
  await hears('0 create-directory dir')
  await fs.symlink('new', join(host, 'names/link'))
  await hears('0 create link')
  await fs.rename(join(host, 'names/new'), join(host, 'names/renamed'))
  await hears('0 from new', '0 to renamed')
  expect(await fs.readdir(join(port.root, '0/names'))).toEqual(['dir', 'link', 'renamed'])
  await fs.rename(join(host, 'names/renamed'), `${host}-gone`)
  await hears('0 delete renamed')
  await fs.rename(`${host}-gone`, join(host, 'names/back'))
  await hears('0 create back')
  await fs.rm(join(host, 'names/back'))
  await fs.rmdir(join(host, 'names/dir'))
  await fs.unlink(join(host, 'names/link'))
  await hears('0 delete back', '0 delete-directory dir', '0 delete link')
  expect(await fs.readdir(join(port.root, '0/names'))).toEqual([])
})

test('a save by rename reaches who watches the directory and who watches the file alone', async () => {
  await prepare('saved')
  await fs.writeFile(join(host, 'saved/f'), 'old')
  await watch('saved', 'saved/f', last)
  await fs.appendFile(join(host, 'saved/f'), 'er')
  await hears('0 modify f', '1 modify')
  await fs.writeFile(join(host, 'saved/f.tmp'), 'new')
  await fs.rename(join(host, 'saved/f.tmp'), join(host, 'saved/f'))
  await eventually(async () => heard.includes('1 delete-self') || undefined)
  // What was only there for a moment may not be told.
  const transient = ['0 create f.tmp', '0 modify f.tmp']
  expect(told().filter((line) => line.startsWith('0') && !transient.includes(line))).toEqual([
    '0 from f.tmp',
    '0 to f',
  ])
  expect(await fs.readFile(join(port.root, '0/saved/f'), 'utf8')).toBe('new')
})

test('a file that is made and written at once is told as both, also to who looks at it on the first', async () => {
  await prepare('written')
  await watch('written', last)
  const names = Array.from({ length: 100 }, (_, index) => `f${index}`)
  for (const name of names) {
    await fs.writeFile(join(host, 'written', name), name)
    await eventually(async () => heard.includes(`0 create ${name}`) || undefined)
    await fs.stat(join(port.root, '0/written', name))
  }
  for (const name of names) await eventually(async () => heard.includes(`0 modify ${name}`) || undefined)
})

test('nothing comes twice: what the guest does itself, and a poke, raise no further event, and the host sees none', async () => {
  await prepare('own')
  await fs.writeFile(join(host, 'own/f'), 'x')
  await watch('own', last)
  await fs.appendFile(join(port.root, '0/own/f'), 'y')
  await fs.writeFile(join(port.root, '0/own/g'), '')
  await fs.rm(join(port.root, '0/own/g'))
  await hears('0 modify f', '0 create g', '0 delete g')
  const before = await fs.stat(join(host, 'own/f'), { bigint: true })
  await fs.utimes(join(host, 'own/f'), 1000, 1000)
  await hears('0 attrib f')
  const after = await fs.stat(join(host, 'own/f'), { bigint: true })
  expect([after.mtimeMs, after.size]).toEqual([1_000_000n, before.size])
})

test('a storm in a watched directory loses no name', async () => {
  await prepare('storm')
  await watch('storm', last)
  const names = Array.from({ length: 500 }, (_, index) => `f${index}`)
  for (const name of names) await fs.writeFile(join(host, 'storm', name), name)
  await eventually(
    async () => heard.filter((line) => line.startsWith('0 create')).length >= names.length || undefined,
  )
  expect(new Set(heard.flatMap((line) => /^0 create (.*)/.exec(line)?.[1] ?? []))).toEqual(new Set(names))
  expect((await fs.readdir(join(port.root, '0/storm'))).length).toBe(names.length)
})
