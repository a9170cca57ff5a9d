import { utimesSync, writeFileSync } from 'node:fs'
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

/** Lets the guest say that nobody watches, and be believed for as long as it can be: two seconds. */
const nobodyWatches = async (): Promise<void> => {
  const elsewhere = join(watcher.host, 'elsewhere')
  // What was said before is believed no more.
  await new Promise((resolve) => setTimeout(resolve, 2100))
  await fs.readdir(watcher.inside('elsewhere'))
  // A slow look: it is believed for 20 times as long.
  process.kill(watcher.port.pumpPid, 'SIGSTOP')
  await fs.writeFile(join(elsewhere, `${Math.random()}`), '')
  await new Promise((resolve) => setTimeout(resolve, 150))
  process.kill(watcher.port.pumpPid, 'SIGCONT')
  await fs.readdir(watcher.inside(''))
  await new Promise((resolve) => setTimeout(resolve, 20))
}

test('who begins to watch while it is believed that nobody does hears late, and not never', async () => {
  const dir = await watcher.prepare('late')
  await fs.writeFile(join(dir, 'changed'), '')
  await fs.writeFile(join(dir, 'removed'), '')
  await fs.writeFile(join(dir, 'moved'), '')
  await fs.readdir(watcher.inside('late'))
  await nobodyWatches()
  await watcher.begin('late')
  await fs.writeFile(join(dir, 'made'), '')
  await fs.appendFile(join(dir, 'changed'), 'more')
  await fs.rm(join(dir, 'removed'))
  await fs.rename(join(dir, 'moved'), join(dir, 'there'))
  await watcher.hearsOf('0 to there')
  expect(watcher.told().slice(1)).toEqual([
    '0 create made',
    '0 modify changed',
    '0 delete removed',
    '0 from moved',
    '0 to there',
  ])
  expect(await fs.readdir(watcher.inside('late'))).toEqual(['changed', 'made', 'there'])
})

test('what has come back is not taken away late', async () => {
  const dir = await watcher.prepare('back')
  await fs.writeFile(join(dir, 'f'), 'old')
  await fs.readFile(watcher.inside('back/f'))
  await nobodyWatches()
  await fs.rm(join(dir, 'f'))
  await fs.writeFile(join(dir, 'f'), 'new')
  await watcher.begin('back')
  await watcher.hearsOf('0 modify f')
  expect(watcher.heard).not.toContain('0 delete f')
  expect(await fs.readFile(watcher.inside('back/f'), 'utf8')).toBe('new')
})

test('more than is kept for those who begin to watch is found by looking', async () => {
  const dir = await watcher.prepare('many')
  await fs.writeFile(join(dir, 'old'), '')
  await fs.mkdir(join(dir, 'old-directory'))
  // Older than all that is new, by the clock of files.
  await new Promise((resolve) => setTimeout(resolve, 20))
  await fs.readdir(watcher.inside('many'))
  await nobodyWatches()
  const names = Array.from({ length: 300 }, (_, index) => `f${index}`)
  for (const name of names) writeFileSync(join(dir, name), name)
  await watcher.begin('many')
  const created = () => new Set(watcher.heard.flatMap((line) => /^0 create (.*)/.exec(line)?.[1] ?? []))
  await eventually(async () => created().size >= names.length || undefined)
  expect(created()).toEqual(new Set(names))
  await watcher.hearsOf(...names.map((name) => `0 modify ${name}`))
})

test('events that the kernel had no room for: names that the guest never knew are told, those that it did not ask for are not', async () => {
  const dir = await watcher.prepare('lost')
  await fs.writeFile(join(dir, 'quiet'), '')
  await fs.writeFile(join(dir, 'written'), '')
  const [arriving, other] = [join(watcher.host, 'elsewhere/arriving'), join(watcher.host, 'elsewhere/other')]
  for (const path of [arriving, other]) await fs.writeFile(path, '')
  await fs.readdir(watcher.inside('elsewhere'))
  await watcher.watch('lost')
  process.kill(watcher.port.server.pid, 'SIGSTOP')
  // More than the 16384 that there is room for.
  for (let i = 0; i < 9000; i++) for (const path of [arriving, other]) utimesSync(path, i, i)
  await fs.writeFile(join(dir, 'new'), 'new')
  await fs.mkdir(join(dir, 'directory'))
  await fs.appendFile(join(dir, 'written'), 'more')
  await fs.rename(arriving, join(dir, 'arriving'))
  process.kill(watcher.port.server.pid, 'SIGCONT')
  await eventually(() =>
    fs.readFile(watcher.port.dropCaches, 'utf8').then((text) => text === '2' || undefined),
  )
  const expected = [
    '0 create new',
    '0 modify new',
    '0 create-directory directory',
    '0 modify written',
    '0 create arriving',
  ]
  await watcher.hearsOf(...expected)
  await watcher.untilHeard()
  expect(watcher.heard.filter((line) => /quiet|create written/.test(line))).toEqual([])
})
