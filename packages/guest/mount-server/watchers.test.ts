import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { eventually } from './testing/mounted-port.ts'
import { Watcher } from './testing/watcher.ts'

let watcher: Watcher
beforeAll(async () => {
  watcher = await Watcher.create()
})
afterEach(() => watcher.end())
afterAll(() => watcher[Symbol.asyncDispose]())

test('a change of content, of permissions, and nothing for a change of something else', async () => {
  const dir = await watcher.prepare('state')
  await fs.writeFile(join(dir, 'f'), 'one')
  await watcher.watch('state')
  await fs.appendFile(join(dir, 'f'), ' two')
  await watcher.hears('0 modify f')
  await fs.writeFile(join(dir, 'f'), 'ONE TWO')
  await watcher.hears('0 modify f')
  await fs.chmod(join(dir, 'f'), 0o600)
  await watcher.hears('0 attrib f')
  // As touch does it: new times are no new content.
  await fs.utimes(join(dir, 'f'), 2000, 2000)
  await watcher.hears('0 attrib f')
  await fs.writeFile(join(watcher.host, 'elsewhere/x'), '')
  await watcher.hears()
})

test('permissions and times of directories, for who watches them or what they are in', async () => {
  const dir = await watcher.prepare('directories')
  await fs.mkdir(join(dir, 'd'))
  await fs.mkdir(join(dir, 'unknown'))
  await watcher.watch('directories', 'directories/d')
  await fs.chmod(join(dir, 'd'), 0o700)
  await watcher.hears('0 attrib-directory d', '1 attrib-directory')
  await fs.chmod(join(dir, 'unknown'), 0o700)
  await watcher.hears('0 attrib-directory unknown')
  // What changes in it has changed its times.
  await fs.writeFile(join(dir, 'd/new'), '')
  await watcher.hears('1 create new')
  await fs.chmod(join(dir, 'd'), 0o755)
  await watcher.hears('0 attrib-directory d', '1 attrib-directory')
})

test('what is made, removed and renamed, files and directories, whether the guest knew them or not', async () => {
  const dir = await watcher.prepare('names')
  await watcher.watch('names')
  // One after the other: what is made and written within milliseconds may be told as made alone.
  await fs.writeFile(join(dir, 'new'), '')
  await watcher.hears('0 create new')
  await fs.appendFile(join(dir, 'new'), 'n')
  await watcher.hears('0 modify new')
  await fs.mkdir(join(dir, 'dir'))
  await watcher.hears('0 create-directory dir')
  await fs.symlink('new', join(dir, 'link'))
  await watcher.hears('0 create link')
  await fs.rename(join(dir, 'new'), join(dir, 'renamed'))
  await watcher.hears('0 from new', '0 to renamed')
  expect(await fs.readdir(watcher.inside('names'))).toEqual(['dir', 'link', 'renamed'])
  await fs.rename(join(dir, 'renamed'), `${watcher.host}-gone`)
  await watcher.hears('0 delete renamed')
  await fs.rename(`${watcher.host}-gone`, join(dir, 'back'))
  await watcher.hears('0 create back')
  await fs.rm(join(dir, 'back'))
  await fs.rmdir(join(dir, 'dir'))
  await fs.unlink(join(dir, 'link'))
  await watcher.hears('0 delete back', '0 delete-directory dir', '0 delete link')
  expect(await fs.readdir(watcher.inside('names'))).toEqual([])
})

test('a save by rename reaches who watches the directory and who watches the file alone', async () => {
  const dir = await watcher.prepare('saved')
  await fs.writeFile(join(dir, 'f'), 'old')
  await watcher.watch('saved', 'saved/f')
  await fs.appendFile(join(dir, 'f'), 'er')
  await watcher.hears('0 modify f', '1 modify')
  await fs.writeFile(join(dir, 'f.tmp'), 'new')
  await fs.rename(join(dir, 'f.tmp'), join(dir, 'f'))
  await watcher.hearsOf('1 delete-self')
  // What was only there for a moment may not be told.
  const transient = ['0 create f.tmp', '0 modify f.tmp']
  expect(watcher.told().filter((line) => line.startsWith('0') && !transient.includes(line))).toEqual([
    '0 from f.tmp',
    '0 to f',
  ])
  expect(await fs.readFile(watcher.inside('saved/f'), 'utf8')).toBe('new')
})

test('a file that is made and written at once is told as both, also to who looks at it on the first', async () => {
  const dir = await watcher.prepare('written')
  await watcher.watch('written')
  const names = Array.from({ length: 100 }, (_, index) => `f${index}`)
  for (const name of names) {
    await fs.writeFile(join(dir, name), name)
    await watcher.hearsOf(`0 create ${name}`)
    await fs.stat(watcher.inside(`written/${name}`))
  }
  await watcher.hearsOf(...names.map((name) => `0 modify ${name}`))
})

test('nothing comes twice: what the guest does itself, and a poke, raise no further event, and the host sees none', async () => {
  const dir = await watcher.prepare('own')
  await fs.writeFile(join(dir, 'f'), 'x')
  await watcher.watch('own')
  await fs.appendFile(watcher.inside('own/f'), 'y')
  await fs.writeFile(watcher.inside('own/g'), '')
  await fs.rm(watcher.inside('own/g'))
  await watcher.hears('0 modify f', '0 create g', '0 delete g')
  const before = await fs.stat(join(dir, 'f'), { bigint: true })
  await fs.utimes(join(dir, 'f'), 1000, 1000)
  await watcher.hears('0 attrib f')
  const after = await fs.stat(join(dir, 'f'), { bigint: true })
  expect([after.mtimeMs, after.size]).toEqual([1_000_000n, before.size])
})

test('a storm in a watched directory loses no name', async () => {
  const dir = await watcher.prepare('storm')
  await watcher.watch('storm')
  const names = Array.from({ length: 500 }, (_, index) => `f${index}`)
  for (const name of names) await fs.writeFile(join(dir, name), name)
  await eventually(
    async () =>
      watcher.heard.filter((line) => line.startsWith('0 create')).length >= names.length || undefined,
  )
  expect(new Set(watcher.heard.flatMap((line) => /^0 create (.*)/.exec(line)?.[1] ?? []))).toEqual(
    new Set(names),
  )
  expect((await fs.readdir(watcher.inside('storm'))).length).toBe(names.length)
})
