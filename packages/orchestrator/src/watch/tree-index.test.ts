import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { type Change, type Entry, TreeIndex } from './tree-index.ts'

/** Files by path; a number counts as the state of a file, `{}` as a directory. */
class Files {
  entries = new Map<string, Entry>()
  #clock = 0n

  put(path: string, kind: Entry['kind'] = 'file', more: Partial<Entry> = {}): this {
    this.#clock += 1_000_000n
    const entry = {
      kind,
      mode: 0o644,
      size: 1,
      changed: this.#clock,
      inode: this.#clock,
      born: 0n,
      fresh: false,
    }
    this.entries.set(path, { ...entry, ...more })
    return this
  }

  drop(path: string): void {
    for (const each of [...this.entries.keys()])
      if (each === path || each.startsWith(`${path}/`)) this.entries.delete(each)
  }

  checksums = new Map<string, number>()

  checksum = (path: string) => this.checksums.get(path)
  look = (path: string) => this.entries.get(path)
  list = (path: string) =>
    [...this.entries.keys()].filter((each) => dirname(each) === path).map((each) => basename(each))
  wants = (path: string) => !path.includes('skip')
  watched = new Set<string>()
  enter = (path: string) => this.watched.add(path)
  leave = (path: string) => this.watched.delete(path)
}

const told = (changes: Change[]): string[] => changes.map(({ kind, path }) => `${kind} ${path}`)

const tree = () => {
  const files = new Files()
    .put('/r', 'directory')
    .put('/r/a')
    .put('/r/d', 'directory')
    .put('/r/d/x')
    .put('/r/skip')
  const index = new TreeIndex(files)
  return { files, index, first: index.updateOne('/r') }
}

test('what is new is told with all that is in it, parents first, without what nobody wants', () => {
  expect(told(tree().first)).toEqual(['written /r', 'written /r/a', 'written /r/d', 'written /r/d/x'])
})

test('a look where nothing happened tells nothing', () => {
  const { index } = tree()
  expect(index.updateOne('/r/a')).toEqual([])
  expect(index.updateOne('/r', true)).toEqual([])
  expect(index.updateOne('/r/none')).toEqual([])
})

test('a file that was looked at while its clock stood still counts as changed', () => {
  const { files, index } = tree()
  files.put('/r/a', 'file', { fresh: true })
  expect(told(index.updateOne('/r/a'))).toEqual(['written /r/a'])
  expect(told(index.updateOne('/r/a'))).toEqual(['written /r/a'])
})

test('a file whose clock stood still and whose content is the same has not changed', () => {
  const { files, index } = tree()
  files.put('/r/a', 'file', { fresh: true })
  files.checksums.set('/r/a', 1)
  expect(told(index.updateOne('/r/a'))).toEqual(['written /r/a'])
  expect(told(index.updateOne('/r/a'))).toEqual([])
  files.checksums.set('/r/a', 2)
  expect(told(index.updateOne('/r/a'))).toEqual(['written /r/a'])
})

test('a removed directory takes with it all that was known in it', () => {
  const { files, index } = tree()
  files.drop('/r/d')
  expect(told(index.updateOne('/r/d/x'))).toEqual(['removed /r/d/x'])
  expect(told(index.updateOne('/r/d'))).toEqual(['removed /r/d'])
  expect([...index.paths()]).toEqual(['/r', '/r/a'])
})

test('a file in the place of a directory is told as both', () => {
  const { files, index } = tree()
  files.drop('/r/d')
  files.put('/r/d')
  expect(index.updateOne('/r/d')).toMatchObject([
    { kind: 'removed', path: '/r/d' },
    { kind: 'removed', path: '/r/d/x' },
    { kind: 'written', path: '/r/d', replaces: true },
  ])
})

test('a listed directory tells what came and went in it without events of their own', () => {
  const { files, index } = tree()
  files.drop('/r/a')
  files.put('/r/d/y')
  expect(told(index.updateOne('/r', true))).toEqual(['removed /r/a', 'written /r/d/y'])
})

test('a directory that was made again under the old inode is told as both', () => {
  const { files, index } = tree()
  files.entries.set('/r/d', { ...(files.look('/r/d') as Entry), born: 7n })
  expect(told(index.updateOne('/r/d'))).toEqual([
    'removed /r/d',
    'removed /r/d/x',
    'written /r/d',
    'written /r/d/x',
  ])
})

test('however often a path is named, it is looked at once', () => {
  const { files, index } = tree()
  files.put('/r/a', 'file', { fresh: true })
  const named = ['/r/a', '/r', '/r/a'].map((path) => [path, path === '/r'] as const)
  expect(told(index.update(named))).toEqual(['written /r/a'])
})

test('what is in a directory that was made again is looked at again', () => {
  const { files, index } = tree()
  files.drop('/r/d')
  files.put('/r/d', 'directory').put('/r/d/x').put('/r/d/y')
  const named = ['/r/d/y', '/r/d/x', '/r/d'].map((path) => [path, false] as const)
  index.update(named)
  expect([...index.paths()].filter((path) => path.startsWith('/r/d/')).sort()).toEqual(['/r/d/x', '/r/d/y'])
})

test('directories are entered before they are read, and left when they are gone or another has their place', () => {
  const { files, index } = tree()
  expect([...files.watched]).toEqual(['/r', '/r/d'])
  files.drop('/r/d')
  index.updateOne('/r/d')
  expect([...files.watched]).toEqual(['/r'])
  files.put('/r/d', 'directory')
  index.updateOne('/r/d')
  files.drop('/r/d')
  files.put('/r/d', 'file')
  index.updateOne('/r/d')
  expect([...files.watched]).toEqual(['/r'])
})

test('a file that has just been emptied is marked, and the permissions of a directory count', () => {
  const { files, index } = tree()
  files.put('/r/a', 'file', { size: 0 })
  expect(index.updateOne('/r/a')).toMatchObject([{ emptied: true }])
  files.entries.set('/r/d', { ...(files.look('/r/d') as Entry), mode: 0o700 })
  expect(told(index.updateOne('/r/d'))).toEqual(['written /r/d'])
})
