import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from '../ingest.ts'
import { formatHeader } from '../tar/writer.ts'
import { type TestMember, testTar } from '../test-tar.ts'
import { defaultLimits, type LayerLimits } from './layer-plan.ts'
import { unpackLayer } from './unpack.ts'

let sandbox = ''
let tree = ''
beforeEach(() => {
  sandbox = mkdtempSync(join(tmpdir(), 'cc-layer-'))
  // Deep enough that `../../..` still ends inside the sandbox, where a test can see it.
  mkdirSync(join(sandbox, 'a/b'), { recursive: true })
  tree = join(sandbox, 'a/b/tree')
})
afterEach(() => rmSync(sandbox, { recursive: true }))

const unpackArchive = (archive: Buffer, limits: LayerLimits = defaultLimits, diffId = digestOf(archive)) =>
  unpackLayer(Readable.from([archive]), { tree, diffId, limits })
const unpack = (...members: TestMember[]) => unpackArchive(testTar(...members))

const refused = { name: expect.stringMatching(/^(LayerError|TarFormatError)$/) }

/** Everything in the sandbox that is neither the tree nor above it. */
const escaped = (): string[] =>
  readdirSync(sandbox, { recursive: true })
    .map(String)
    .filter((path) => !['a', 'a/b', 'a/b/tree'].includes(path) && !path.startsWith('a/b/tree/'))

describe('a hostile layer', () => {
  test.each<[string, () => TestMember[]]>([
    ['climbs with ..', () => [{ name: '../../evil', content: 'x' }]],
    ['climbs in the middle of a name', () => [{ name: 'd/', type: 'directory' }, { name: 'd/../../evil' }]],
    ['whites out its parent', () => [{ name: 'd/.wh...' }]],
    ['whites out above the root', () => [{ name: '../.wh.evil' }]],
    ['links hard to a file of the host', () => [{ name: 'evil', type: 'hardlink', linkName: '/etc/passwd' }]],
    ['links hard by climbing', () => [{ name: 'evil', type: 'hardlink', linkName: '../../../evil' }]],
    ['puts a file behind a whiteout', () => [{ name: '.wh.d/evil' }]],
    ['puts a file behind a file', () => [{ name: 'f' }, { name: 'f/evil' }]],
    ['makes a file of a directory', () => [{ name: 'd/', type: 'directory' }, { name: 'd' }]],
    ['makes its root a link', () => [{ name: './', type: 'symlink', linkName: '/' }]],
    ['goes round in circles', () => [{ name: 'l', type: 'symlink', linkName: 'l' }, { name: 'l/evil' }]],
    ['has a part of a name that no file system takes', () => [{ name: 'x'.repeat(256) }]],
  ])('that %s is refused, and nothing is outside', async (_case, members) => {
    await expect(unpack(...members())).rejects.toMatchObject(refused)
    expect(escaped()).toEqual([])
  })

  test('that writes through a link stays inside, where the link leads within the image', async () => {
    const outside = join(sandbox, 'outside')
    mkdirSync(outside)
    await unpack(
      { name: 'absolute', type: 'symlink', linkName: outside },
      { name: 'absolute/evil', content: 'x' },
      { name: 'climbing', type: 'symlink', linkName: '../../../outside' },
      { name: 'climbing/evil2', content: 'x' },
      { name: 'twice', type: 'hardlink', linkName: 'absolute' },
      { name: 'twice/evil3', content: 'x' },
    )
    expect(readdirSync(outside)).toEqual([])
    expect(readlinkSync(join(tree, 'absolute'))).toBe(outside)
    expect(readFileSync(join(tree, outside, 'evil'), 'utf8')).toBe('x')
    expect(readFileSync(join(tree, 'outside/evil2'), 'utf8')).toBe('x')
  })

  test('that overwrites a link is refused, and the target of the link is as it was', async () => {
    const outside = join(sandbox, 'outside')
    writeFileSync(outside, 'old')
    const members = [
      { name: 'l', type: 'symlink' as const, linkName: outside },
      { name: 'l', content: 'new' },
    ]
    await expect(unpack(...members)).rejects.toMatchObject(refused)
    expect(readFileSync(outside, 'utf8')).toBe('old')
  })

  test('that has a file twice gets the later one', async () => {
    await unpack(
      { name: 'f', content: 'old' },
      { name: 'same', type: 'hardlink', linkName: 'f' },
      { name: 'f', content: 'new' },
    )
    expect(readFileSync(join(tree, 'f'), 'utf8')).toBe('new')
    expect(readFileSync(join(tree, 'same'), 'utf8')).toBe('old')
  })

  test('with absolute names is unpacked below its root', async () => {
    await unpack({ name: `${sandbox}/evil`, content: 'x' }, { name: '//etc//./here', content: 'y' })
    expect(escaped()).toEqual([])
    expect(readFileSync(join(tree, sandbox, 'evil'), 'utf8')).toBe('x')
    expect(readFileSync(join(tree, 'etc/here'), 'utf8')).toBe('y')
  })

  test('loses its device nodes, links to them included', async () => {
    await unpack(
      { name: 'dev/mem', type: 'character' },
      { name: 'dev/sda', type: 'block' },
      { name: 'dev/same', type: 'hardlink', linkName: 'dev/mem' },
      { name: 'file', content: 'x' },
    )
    expect(readdirSync(tree, { recursive: true }).sort()).toEqual(['dev', 'file'])
  })

  test.each<[string, (archive: Buffer) => Buffer]>([
    ['cut short', (archive) => archive.subarray(0, 700)],
    ['with a wrong checksum', (archive) => Buffer.concat([Buffer.from('zz'), archive.subarray(2)])],
    ['of an unknown type', () => rawHeader('Z', 0)],
    ['with a sparse member', () => rawHeader('S', 0)],
    ['with a pax record that is longer than its header', () => paxArchive('999 path=x\n')],
    ['with a name that ends at a null byte', () => paxArchive('20 path=good\0/../evil\n')],
    ['that says its name is outside in a pax header', () => paxArchive('19 path=../../evil\n')],
    ['with an extended header without end', () => rawHeader('x', 2 ** 31)],
  ])('%s is refused', async (_case, change) => {
    const archive = change(testTar({ name: 'file', content: 'x'.repeat(600) }))
    await expect(unpackArchive(archive)).rejects.toMatchObject(refused)
    expect(escaped()).toEqual([])
  })

  test('that unpacks to more than it may is refused, packed or not', async () => {
    const archive = testTar({ name: 'zeros', content: Buffer.alloc(4 * 1024 * 1024) })
    const limits = { bytes: 1024 * 1024, entries: 10 }
    await expect(unpackArchive(archive, limits)).rejects.toMatchObject(refused)
    rmSync(tree, { recursive: true })
    await expect(unpackArchive(gzipSync(archive), limits, digestOf(archive))).rejects.toMatchObject(refused)
    rmSync(tree, { recursive: true })
    const many = testTar(...Array.from({ length: 11 }, (_, i) => ({ name: `${i}` })))
    await expect(unpackArchive(many, limits)).rejects.toMatchObject(refused)
    rmSync(tree, { recursive: true })
    const padded = Buffer.concat([testTar({ name: 'f' }), Buffer.alloc(2 * 1024 * 1024)])
    await expect(unpackArchive(padded, limits)).rejects.toMatchObject(refused)
  })

  test('whose content is another than its digest says is refused', async () => {
    await expect(
      unpackArchive(testTar({ name: 'f' }), defaultLimits, `sha256:${'0'.repeat(64)}`),
    ).rejects.toMatchObject(refused)
  })

  test('has no say in how overlayfs reads it', async () => {
    const xattrs = new Map(
      [
        'trusted.overlay.opaque',
        'trusted.overlay.redirect',
        'user.overlay.opaque',
        'security.selinux',
        'user.kept',
      ].map((name) => [name, Buffer.from('y')]),
    )
    await unpack({ name: 'd/', type: 'directory', mode: 0o755, xattrs })
    expect(xattrNames(join(tree, 'd'))).toEqual(['user.kept'])
  })
})

test('owners, modes, times, links and extended attributes are those of the archive', async () => {
  const capability = Buffer.from('0100000200200000ff00000000000000000000fe', 'hex')
  const result = await unpack(
    { name: './', type: 'directory', mode: 0o750, uid: 3 },
    { name: 'bin/', type: 'directory', mode: 0o1777, uid: 1000, gid: 1001, mtime: '1600000000' },
    { name: 'bin/su', mode: 0o4755, content: 'setuid', mtime: '1600000001.25' },
    {
      name: 'bin/ping',
      mode: 0o755,
      content: 'ping',
      xattrs: new Map([['security.capability', capability]]),
    },
    { name: 'bin/same', type: 'hardlink', linkName: 'bin/su' },
    { name: 'pipe', type: 'fifo', mode: 0o600 },
    { name: 'link', type: 'symlink', linkName: '/bin/su' },
    { name: `long/${'n'.repeat(200)}/${'m'.repeat(200)}`, content: 'deep' },
    { name: Buffer.from('ä\n"').toString('latin1'), content: 'odd' },
  )
  expect(result).toEqual({ removed: [], opaque: [], size: 17 })
  const bin = statSync(join(tree, 'bin'))
  expect([bin.mode & 0o7777, bin.uid, bin.gid, bin.mtimeMs]).toEqual([0o1777, 1000, 1001, 1600000000000])
  const su = statSync(join(tree, 'bin/su'))
  expect([su.mode & 0o7777, su.nlink, su.mtimeMs]).toEqual([0o4755, 2, 1600000001250])
  expect(statSync(join(tree, 'bin/same')).ino).toBe(su.ino)
  expect([statSync(tree).mode & 0o7777, statSync(tree).uid]).toEqual([0o750, 3])
  expect(xattrValue(join(tree, 'bin/ping'), 'security.capability').subarray(0, 8)).toEqual(
    capability.subarray(0, 8),
  )
  expect(lstatSync(join(tree, 'pipe')).isFIFO()).toBe(true)
  expect(readlinkSync(join(tree, 'link'))).toBe('/bin/su')
  expect(readFileSync(join(tree, 'ä\n"'), 'utf8')).toBe('odd')
})

test('whiteouts and opaque directories are listed, not unpacked; the names that aufs left are ignored', async () => {
  const result = await unpack(
    { name: 'etc/.wh.motd' },
    { name: '.wh.srv' },
    { name: 'var/.wh..wh..opq' },
    { name: 'var/new', content: 'x' },
    { name: '.wh..wh.plnk/' },
  )
  expect(result).toMatchObject({ removed: ['etc/motd', 'srv'], opaque: ['var'] })
  expect(readdirSync(tree, { recursive: true }).sort()).toEqual(['etc', 'var', 'var/new'])
})

test.each([
  ['gzip', (archive: Buffer) => gzipSync(archive)],
  ['zstd', (archive: Buffer) => execFileSync('zstd', ['-c'], { input: archive })],
  ['xz', (archive: Buffer) => execFileSync('xz', ['-c'], { input: archive })],
])('a layer packed with %s is unpacked', async (_name, pack) => {
  const archive = testTar({ name: 'file', content: 'x' })
  await unpackArchive(pack(archive), defaultLimits, digestOf(archive))
  expect(existsSync(join(tree, 'file'))).toBe(true)
})

test.each([
  ['gzip', (archive: Buffer) => gzipSync(archive)],
  ['zstd', (archive: Buffer) => execFileSync('zstd', ['-c'], { input: archive })],
])('a layer packed with %s that is cut short is refused', async (_name, pack) => {
  const archive = testTar({ name: 'file', content: randomBytes(5000) })
  const packed = pack(archive).subarray(0, 3000)
  await expect(unpackArchive(packed, defaultLimits, digestOf(archive))).rejects.toMatchObject({ status: 400 })
})

const rawHeader = (typeFlag: string, size: number): Buffer => {
  const entry = {
    name: 'evil',
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    mtime: '0',
    xattrs: new Map(),
  }
  const block = formatHeader({ ...entry, type: 'file' })
  block.write(typeFlag, 156, 'latin1')
  block.fill(' ', 148, 156)
  let sum = 0
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

const paxArchive = (records: string): Buffer =>
  Buffer.concat([
    rawHeader('x', Buffer.byteLength(records)),
    Buffer.concat([Buffer.from(records), Buffer.alloc(512)]).subarray(0, 512),
    testTar({ name: 'good', content: 'x' }),
  ])

const python = (code: string, ...args: string[]): Buffer => execFileSync('python3', ['-c', code, ...args])
const xattrNames = (path: string): string[] =>
  python('import os,sys; print("\\n".join(os.listxattr(sys.argv[1])))', path).toString().trim().split('\n')
const xattrValue = (path: string, name: string): Buffer =>
  python('import os,sys; sys.stdout.buffer.write(os.getxattr(sys.argv[1], sys.argv[2]))', path, name)
