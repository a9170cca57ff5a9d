import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { TarEntry } from '../../images/tar/header.ts'
import { type TestMember, testTar } from '../../images/test-tar.ts'
import { admission } from './admission.ts'
import { prepareContext } from './prepare.ts'
import { type ContextLimits, receiveContext } from './receive.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-context-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Members = TestMember[]
const receive = (members: Members, limits?: ContextLimits) =>
  receiveContext(Readable.from([testTar(...members)]), join(folder, 'context'), limits && { limits })
const inside = (path: string) => join(folder, 'context', path)

test('files, directories and links are there, owned by root, with their modes', async () => {
  await receive([
    { name: './', type: 'directory' },
    { name: 'src/', type: 'directory', mode: 0o700, uid: 77 },
    { name: 'src/run', content: 'x', mode: 0o755, uid: 77, gid: 77 },
    { name: 'same', type: 'hardlink', linkName: 'src/run' },
    { name: 'deep/without/parents', content: 'y' },
    { name: 'out', type: 'symlink', linkName: '/etc/passwd' },
  ])
  expect(readdirSync(inside('.')).sort()).toEqual(['deep', 'out', 'same', 'src'])
  const { mode, uid, gid, nlink } = statSync(inside('src/run'))
  expect([mode & 0o7777, uid, gid, nlink]).toEqual([0o755, 0, 0, 2])
  expect(statSync(inside('src')).mode & 0o7777).toBe(0o700)
  // What it points at is no file of ours until somebody follows it, inside a root of its own.
  expect(readlinkSync(inside('out'))).toBe('/etc/passwd')
})

test('a compressed archive is one too', async () => {
  const bytes = gzipSync(testTar({ name: 'a', content: 'z' }))
  await receiveContext(Readable.from([bytes]), join(folder, 'context'))
  expect(readFileSync(inside('a'), 'utf8')).toBe('z')
})

const hostile: readonly (readonly [string, Members, string])[] = [
  ['a name that leads out', [{ name: 'a/../../out', content: 'x' }], '"a/../../out" leads out of it'],
  ['a name that no kernel takes', [{ name: 'a/'.repeat(300_000), type: 'directory' }], 'is too long'],
  [
    'a name through a link',
    [
      { name: 'l', type: 'symlink', linkName: '/etc' },
      { name: 'l/cron.d/x', content: 'x' },
    ],
    '"l/cron.d/x" leads through "l", which is no directory',
  ],
  [
    'a link in place of a directory',
    [
      { name: 'd/', type: 'directory' },
      { name: 'd', type: 'symlink', linkName: '/etc' },
    ],
    '"d" is there twice',
  ],
  ['a hard link out', [{ name: 'h', type: 'hardlink', linkName: '../../etc/shadow' }], 'leads out of it'],
  [
    'a hard link to a link',
    [
      { name: 'l', type: 'symlink', linkName: '/etc/shadow' },
      { name: 'h', type: 'hardlink', linkName: 'l' },
    ],
    '"h" is a hard link to "l", which is no file in it',
  ],
  ['a device', [{ name: 'sda', type: 'block' }], '"sda" is a block device'],
  ['a pipe', [{ name: 'p', type: 'fifo' }], '"p" is a named pipe'],
]
test.each(hostile)('%s ends it', async (_what, members, message) => {
  await expect(receive(members)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining(message),
  })
})

test('an absolute name is one below the context', async () => {
  await receive([{ name: '/etc/motd', content: 'x' }])
  expect(readFileSync(inside('etc/motd'), 'utf8')).toBe('x')
})

test('a context has limits', async () => {
  const members: Members = [
    { name: 'a', content: 'x'.repeat(2000) },
    { name: 'b', content: 'x' },
  ]
  await expect(receive(members, { bytes: 1999, entries: 9 })).rejects.toMatchObject({ status: 400 })
  rmSync(inside('.'), { recursive: true })
  await expect(receive(members, { bytes: 9999, entries: 1 })).rejects.toMatchObject({ status: 400 })
})

test('a few names with very many directories above them do not fill the memory', () => {
  const admit = admission()
  const member = (n: number): TarEntry => ({
    ...{ name: `${n}/${'a/'.repeat(2000)}x`, type: 'file', linkName: '', size: 0, mode: 0, uid: 0, gid: 0 },
    ...{ mtime: '0', xattrs: new Map() },
  })
  expect(() => {
    for (let n = 0; n < 1000; n += 1) admit(member(n))
  }).toThrow('too long together')
})

test('what is no archive is no context', async () => {
  const bytes = Buffer.alloc(2048, 'x')
  await expect(receiveContext(Readable.from([bytes]), join(folder, 'context'))).rejects.toMatchObject({
    status: 400,
  })
})

const prepare = (dockerfile: string, isBundle: boolean, ...members: Members) =>
  prepareContext(
    {
      request: { dockerfile, remote: undefined },
      signal: new AbortController().signal,
      archive: Readable.from([testTar(...members)]),
      isBundle,
    },
    folder,
  )

test('the Dockerfile is read, and COPY does not see it where the patterns leave it out', async () => {
  const { dir, dockerfileText } = await prepare(
    'Dockerfile',
    false,
    { name: 'Dockerfile', content: 'FROM a' },
    { name: '.dockerignore', content: 'Docker*\n' },
  )
  expect(dockerfileText).toBe('FROM a')
  expect(readdirSync(dir)).toEqual(['.dockerignore'])
})

test('a bundle has further contexts and secrets by their names', async () => {
  const { dir, contexts, secrets } = await prepare(
    'Dockerfile',
    true,
    { name: 'context/Dockerfile', content: 'FROM a' },
    { name: 'contexts/lib%2Fone/file', content: 'x' },
    { name: 'secrets/token', content: 'hush' },
  )
  expect(readdirSync(dir)).toEqual(['Dockerfile'])
  expect(readFileSync(join(contexts['lib/one'] ?? '', 'file'), 'utf8')).toBe('x')
  expect(readFileSync(secrets['token'] ?? '', 'utf8')).toBe('hush')
})

test('a Dockerfile may be a link to one inside, and nothing outside is followed or removed', async () => {
  const { dockerfileText } = await prepare(
    'Dockerfile',
    false,
    { name: 'docker/web', content: 'FROM a' },
    { name: 'Dockerfile', type: 'symlink', linkName: 'docker/web' },
    { name: '.dockerignore', type: 'symlink', linkName: '/etc/passwd' },
  )
  expect(dockerfileText).toBe('FROM a')
})

test.each([
  [[{ name: 'context', type: 'symlink', linkName: '/etc' }]],
  [
    [
      { name: 'context/Dockerfile', content: 'FROM a' },
      { name: 'secrets/s', type: 'symlink', linkName: '/etc/shadow' },
    ],
  ],
  [
    [
      { name: 'context/Dockerfile', content: 'FROM a' },
      { name: 'contexts/c', type: 'symlink', linkName: '/' },
    ],
  ],
] as [Members][])('a bundle with links in place of its parts is none', async (members) => {
  await expect(prepare('Dockerfile', true, ...members)).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining('invalid build bundle'),
  })
})

test.each([
  ['../Dockerfile', 'forbidden path outside the build context'],
  ['none', 'Cannot locate specified Dockerfile: none'],
  ['link', 'Cannot locate specified Dockerfile: link'],
  ['to/passwd', 'Cannot locate specified Dockerfile: to/passwd'],
  ['empty', 'the Dockerfile (empty) cannot be empty'],
])('%s is no Dockerfile', async (name, message) => {
  const prepared = prepare(
    name,
    false,
    { name: 'link', type: 'symlink', linkName: '/etc/passwd' },
    { name: 'to', type: 'symlink', linkName: '/etc' },
    { name: 'empty', content: '' },
  )
  await expect(prepared).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) })
})
