import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@container-compose/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventQueueLength } from './directory-watchers.ts'
import { Patterns } from './patterns.ts'
import type { Rule } from './rules.ts'
import { WatchedTree } from './watched-tree.ts'

let folder: string
let tree: WatchedTree
const stop = new AbortController()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tree-'))
})
afterEach(() => {
  tree.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (path = folder, unwatchable?: (directory: string) => void): void => {
  const rule: Rule = {
    service: 'web',
    action: 'sync',
    path,
    target: '/app',
    exec: undefined,
    initialSync: false,
    ignore: [new Patterns(path, ['ignored'])],
    include: new Patterns(path, []),
  }
  tree = new WatchedTree([rule], { clock: systemClock, ...(unwatchable && { unwatchable }) })
  tree.open()
}

/** Takes batches until the index knows just these paths below the folder. */
const knows = async (expected: () => string[]): Promise<string[]> => {
  const told: string[] = []
  const known = () =>
    [...tree.index.paths()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1))
      .sort()
  while (JSON.stringify(known()) !== JSON.stringify(expected().sort())) {
    const batch = await tree.next(stop.signal)
    for (const { kind, path } of batch?.changes ?? []) told.push(`${kind} ${path.slice(folder.length + 1)}`)
  }
  return told
}

const onDisk = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('ignored'))

test('a single save is one batch of one change', async () => {
  writeFileSync(join(folder, 'a'), 'one')
  open()
  appendFileSync(join(folder, 'a'), ' two')
  const batch = await tree.next(stop.signal)
  expect(batch?.changes.map(({ kind, path }) => [kind, path])).toEqual([['written', join(folder, 'a')]])
})

test('files in directories that were made a moment ago are not missed, whatever is done to these', async () => {
  open()
  for (let round = 0; round < 20; round += 1) {
    mkdirSync(join(folder, `d${round}/deep/er`), { recursive: true })
    for (let file = 0; file < 20; file += 1) writeFileSync(join(folder, `d${round}/deep/er/f${file}`), '')
    if (round % 3 === 1) rmSync(join(folder, `d${round - 1}`), { recursive: true })
    if (round % 3 === 2) renameSync(join(folder, `d${round - 1}`), join(folder, `moved${round}`))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await knows(onDisk)
})

test('a directory that is removed and made again at once is watched again', async () => {
  mkdirSync(join(folder, 'd/e'), { recursive: true })
  open()
  for (let round = 0; round < 5; round += 1) {
    rmSync(join(folder, 'd'), { recursive: true })
    mkdirSync(join(folder, 'd/e'), { recursive: true })
    writeFileSync(join(folder, `d/e/first${round}`), '')
    await knows(onDisk)
    writeFileSync(join(folder, `d/e/second${round}`), '')
    await knows(onDisk)
  }
})

test('what does not exist yet, and what goes and comes back, is watched', async () => {
  const root = join(folder, 'later/src')
  open(root)
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'a'), '')
  await knows(() => ['later', 'later/src', 'later/src/a'])
  rmSync(join(folder, 'later'), { recursive: true })
  await knows(() => [])
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'b'), '')
  await knows(() => ['later', 'later/src', 'later/src/b'])
})

test('directories that are made and removed faster than they are looked at leave nothing unseen', async () => {
  open()
  for (let round = 0; round < 8; round += 1) {
    const name = (index: number) => join(folder, `r${round}-${index}`)
    for (let index = 0; index < 100; index += 1) mkdirSync(name(index))
    const batch = tree.next(stop.signal)
    await new Promise((resolve) => setTimeout(resolve, 5 + round))
    for (let index = 0; index < 95; index += 1) rmSync(name(index), { recursive: true })
    await batch
  }
  await knows(onDisk)
  for (const directory of readdirSync(folder)) writeFileSync(join(folder, directory, 'late'), '')
  await knows(onDisk)
})

test('a storm that overflows the queue of the kernel loses nothing', async () => {
  open()
  writeFileSync(join(folder, 'before'), '')
  await knows(onDisk)
  // Two events each, and nobody listens until they are made.
  for (let round = 0; round <= eventQueueLength() / 4; round += 1) {
    renameSync(join(folder, 'before'), join(folder, 'moved'))
    renameSync(join(folder, 'moved'), join(folder, 'before'))
  }
  writeFileSync(join(folder, 'last'), '')
  await knows(onDisk)
})

test('a directory that may not be read is told, and the others are watched', async () => {
  mkdirSync(join(folder, 'closed'))
  writeFileSync(join(folder, 'a'), '')
  chmodSync(join(folder, 'closed'), 0)
  chmodSync(folder, 0o755)
  const told: string[] = []
  asNobody(() => open(folder, (directory) => told.push(directory)))
  writeFileSync(join(folder, 'b'), '')
  await knows(() => ['a', 'b', 'closed'])
  expect(told).toEqual([join(folder, 'closed')])
})

/** Permissions mean nothing to root. */
const asNobody = (action: () => void): void => {
  const user = process.geteuid?.() ?? 0
  if (user === 0) process.seteuid?.(65_534)
  try {
    action()
  } finally {
    process.seteuid?.(user)
  }
}

test('what is ignored costs nothing and is not told', async () => {
  mkdirSync(join(folder, 'ignored/deep'), { recursive: true })
  open()
  writeFileSync(join(folder, 'ignored/deep/x'), '')
  writeFileSync(join(folder, 'a'), '')
  expect(await knows(() => ['a'])).toEqual(['written a'])
})
