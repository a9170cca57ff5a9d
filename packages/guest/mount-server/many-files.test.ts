import * as fs from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { artifactPath } from '@container-compose/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type MountedPort, mountPort } from './testing/mounted-port.ts'

let host: string
let port: MountedPort
const inside = (name: string): string => join(port.root, '0', name)

/** More files than the server may have open; it keeps 100. */
const names = Array.from({ length: 40 }, (_, dir) =>
  Array.from({ length: 20 }, (_, file) => `d${dir}/f${file}`),
).flat()

beforeAll(async () => {
  host = await fs.mkdtemp(join(tmpdir(), 'many-'))
  for (const dir of new Set(names.map((name) => name.replace(/\/.*/, '')))) await fs.mkdir(join(host, dir))
  for (const name of names) await fs.writeFile(join(host, name), name)
  port = await mountPort(
    'plain',
    [`rw=${host}`],
    [],
    ['prlimit', '--nofile=200:200', artifactPath('mount-server')],
  )
})
afterAll(async () => {
  await port[Symbol.asyncDispose]()
  await fs.rm(host, { recursive: true })
})

const content = (path: string): Promise<string> => fs.readFile(path, 'utf8').catch(() => '')

const readAll = async (): Promise<void> => {
  for (const name of names) expect(await fs.readFile(inside(name), 'utf8')).toBe(name)
}

/** The guest caches what it has read; this it asks for. */
const useAll = async (): Promise<void> => {
  for (const name of names) await fs.utimes(inside(name), 1000, 1000)
}

test('a tree with more files than descriptors is read, and read again', async () => {
  await readAll()
  await useAll()
  await readAll()
  const open = await fs.readdir(`/proc/${port.server.pid}/fd`)
  expect(open.length).toBeLessThan(200)
})

test('what the guest has open stays what it is: removed, replaced, moved by the host', async () => {
  for (const name of ['removed', 'replaced', 'moved', 'other'])
    await fs.writeFile(join(host, 'd0', name), `${name} before`)
  const handles = await Promise.all(
    ['removed', 'replaced', 'moved'].map((name) => fs.open(inside(`d0/${name}`))),
  )
  await fs.rm(inside('d0/removed'))
  await fs.rename(inside('d0/other'), inside('d0/replaced'))
  await fs.rename(join(host, 'd0/moved'), join(host, 'd1/moved'))
  await eventually(async () => (await content(inside('d1/moved'))) || undefined)
  await useAll()
  const read = await Promise.all(handles.map((handle) => handle.readFile('utf8')))
  await Promise.all(handles.map((handle) => handle.close()))
  expect(read).toEqual(['removed before', 'replaced before', 'moved before'])
})

test('a file that the host makes in the place of another is that file, whatever number it has', async () => {
  await fs.writeFile(join(host, 'd2/again'), 'one')
  const handle = await fs.open(inside('d2/again'))
  const { ino } = await fs.stat(join(host, 'd2/again'), { bigint: true })
  await useAll()
  // Many file systems use a number again at once.
  for (let made = 0n, tries = 0; made !== ino && tries < 50; tries++) {
    await fs.rm(join(host, 'd2/again'))
    await fs.writeFile(join(host, 'd2/again'), 'two')
    made = (await fs.stat(join(host, 'd2/again'), { bigint: true })).ino
  }
  await eventually(async () => (await content(inside('d2/again'))) === 'two' || undefined)
  await expect(handle.readFile('utf8')).rejects.toMatchObject({ errno: -constants.errno.ESTALE })
  await handle.close()
})

test('changes of the host are seen in all of them', async () => {
  await useAll()
  for (const name of names.filter((_, index) => index % 50 === 0)) {
    await fs.writeFile(join(host, name), 'new')
    await eventually(async () => (await content(inside(name))) === 'new' || undefined)
  }
})
