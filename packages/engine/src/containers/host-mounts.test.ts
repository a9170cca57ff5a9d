import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostMounts } from './host-mounts.ts'
import type { ContainerDocument, MountPoint } from './model.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'mounts-')))
const engineSocket = join(root, 'engine.sock')
let server: Server

beforeAll(async () => {
  server = createServer()
  await new Promise<void>((resolve) => server.listen(join(root, 'db.sock'), resolve))
  chmodSync(join(root, 'db.sock'), 0o660)
  symlinkSync('db.sock', join(root, 'link'))
  mkdirSync(join(root, 'folder'))
  writeFileSync(join(root, 'file'), '')
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(root, { recursive: true })
})

const mountsOf = (sources: readonly string[], others: readonly string[] = []) => {
  const documentOf = (id: string, paths: readonly string[]) => ({
    id,
    document: {
      id,
      mounts: paths.map(
        (source, index): MountPoint => ({
          ...{ type: 'bind', source, destination: `/${index}`, mode: '', readOnly: false, fromMounts: false },
        }),
      ),
    } as unknown as ContainerDocument,
  })
  const mine = documentOf('mine', sources)
  const containers = { all: () => [mine, documentOf('other', others)] }
  return hostMounts({ containers, engineSocket } as never, mine.document)
}

test('a socket is one, by links too, with owner and permissions', () => {
  const owner = { uid: process.getuid?.(), gid: process.getgid?.() }
  const mount = { kind: 'socket', source: join(root, 'db.sock'), target: '/0', readOnly: false, mode: 0o660 }
  expect(mountsOf([join(root, 'db.sock')])).toEqual([{ ...mount, ...owner }])
  expect(mountsOf([join(root, 'link')])).toEqual([{ ...mount, ...owner }])
})

test.each(['/var/run/docker.sock', '/run/docker.sock', engineSocket])(
  '%s is the engine’s own socket, whether it is there or not',
  (source) => {
    expect(mountsOf([source])).toEqual([
      { kind: 'socket', source: engineSocket, target: '/0', readOnly: false, uid: 0, gid: 0, mode: 0o600 },
    ])
  },
)

test('folders, files and what is not there are none, and are locked where somebody else has them', () => {
  const sources = ['folder', 'file', 'nothing'].map((name) => join(root, name))
  expect(mountsOf(sources, [join(root, 'folder/below')])).toMatchObject([
    { kind: 'bind', source: sources[0], profile: 'locking' },
    { kind: 'bind', source: sources[1], profile: 'plain' },
    { kind: 'bind', source: sources[2], profile: 'plain' },
  ])
})
