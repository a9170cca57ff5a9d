import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { MountPoint } from './model.ts'
import { socketWarnings } from './unreachable-sockets.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'sockets-')))
afterAll(() => rmSync(root, { recursive: true }))

const bind = (source: string): MountPoint => ({
  type: 'bind',
  source,
  destination: '/x',
  mode: '',
  readOnly: false,
  fromMounts: false,
})

test('a folder in which somebody listens is told, one with files only is not', async () => {
  const folder = join(root, 'run')
  mkdirSync(join(folder, 'deep'), { recursive: true })
  mkdirSync(join(root, 'other'))
  symlinkSync(folder, join(root, 'link'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(join(folder, 'deep/db.sock'), resolve))
  const warnings = socketWarnings([
    bind(join(root, 'link')),
    bind(join(root, 'other')),
    bind(join(root, 'none')),
  ])
  // The socket itself is relayed.
  expect(socketWarnings([bind(join(folder, 'deep/db.sock'))])).toEqual([])
  await new Promise((resolve) => server.close(resolve))
  expect(warnings).toEqual([
    `Unix sockets below ${root}/link cannot be connected to from a virtual machine (deep/db.sock): mount each of them itself`,
  ])
  expect(socketWarnings([bind(folder)])).toEqual([])
})

test('of many a few are named', () => {
  const listening = ['a', 'b', 'c', 'd', 'e'].map((name) => join(root, name))
  expect(socketWarnings([bind(root)], listening)).toEqual([expect.stringContaining('(a, b, c and 2 more)')])
})
