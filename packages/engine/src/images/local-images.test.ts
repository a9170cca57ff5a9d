import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImageEvent, Images } from './images.ts'
import { digestOf } from './ingest.ts'
import { openImages } from './local-images.ts'
import { testDockerArchive, testTar } from './test-tar.ts'

let folder = ''
let images: Images
let events: ImageEvent[]
const open = (root = 'root') =>
  openImages({
    dir: join(folder, root, 'images'),
    cacheDir: join(folder, 'cache'),
    onSetAside: (path, _to, reason) => {
      throw new Error(`${path}: ${reason}`)
    },
    onEvent: (event) => events.push(event),
  })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-images-'))
  events = []
  images = await open()
})
afterEach(() => rmSync(folder, { recursive: true }))

const base = testTar(
  { name: 'etc/', type: 'directory', mode: 0o755 },
  { name: 'etc/motd', content: 'below' },
  { name: 'etc/same', type: 'hardlink', linkName: 'etc/motd' },
  { name: 'etc/gone', content: 'x' },
  { name: 'var/old/file', content: 'x' },
  { name: 'data/', type: 'directory', mode: 0o700, uid: 999, gid: 998, mtime: '1600000000' },
  { name: 'data/seed', content: 'seed', uid: 999, mode: 0o640 },
  { name: 'data/link', type: 'symlink', linkName: '/etc/passwd' },
  { name: 'escape', type: 'symlink', linkName: '/etc' },
)
const top = testTar(
  { name: 'etc/.wh.gone' },
  { name: 'etc/.wh.never' },
  { name: 'var/.wh..wh..opq' },
  { name: 'var/new', content: 'y' },
  { name: 'only/.wh.here' },
)
const archive = (tags: string[], ...layers: Buffer[]) =>
  testDockerArchive({ tags, digest: digestOf }, ...layers)
const load = (bytes: Buffer, into = images) => into.load(Readable.from([bytes]))
const noUsers = { force: false, users: () => [] }
const cached = (kind: string) => readdirSync(join(folder, 'cache/images', kind))

describe('load', () => {
  test('a docker-archive is there by its names and its id, and after a restart', async () => {
    const [loaded] = await load(archive(['demo/web:1', 'web'], base, top))
    expect(loaded?.names).toEqual(['demo/web:1', 'web:latest'])
    const again = await open()
    for (const name of [
      'demo/web:1',
      'docker.io/demo/web:1',
      'web',
      loaded?.image.id ?? '',
      loaded?.image.id.slice(7, 19) ?? '',
    ])
      expect((await again.find(name))?.id).toBe(loaded?.image.id)
    expect((await again.find('web'))?.repoTags).toEqual(['demo/web:1', 'web:latest'])
    expect(loaded?.image.size).toBe(12)
    expect(await again.find('demo/web')).toBeUndefined()
    expect(cached('tmp')).toEqual([])
  })

  test('a tag goes to the image that was loaded last', async () => {
    const [first] = await load(archive(['a:1'], base))
    await load(archive(['a:1'], base, top))
    expect((await images.find(first?.image.id ?? ''))?.repoTags).toEqual([])
    expect((await images.list()).map(({ repoTags }) => repoTags)).toEqual([['a:1'], []])
  })

  test.each([
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
    ['zstd', (bytes: Buffer) => execFileSync('zstd', ['-c'], { input: bytes })],
  ])('an OCI archive that skopeo made, packed with %s, is the same image', async (_name, pack) => {
    const [plain] = await load(archive(['a:1'], base, top))
    writeFileSync(join(folder, 'in.tar'), archive(['a:1'], base, top))
    const target = join(folder, 'out.tar')
    execFileSync('skopeo', [
      'copy',
      '-q',
      `docker-archive:${join(folder, 'in.tar')}`,
      `oci-archive:${target}:b/c:2`,
    ])
    const [oci] = await load(pack(readFileSync(target)))
    expect(oci?.names).toEqual(['b/c:2'])
    expect(oci?.image.id).toBe(plain?.image.id)
    expect((await images.list()).length).toBe(1)
  })

  test.each<[string, () => Buffer]>([
    ['holds no image', () => testTar({ name: 'file' })],
    ['is no archive', () => Buffer.from('x'.repeat(2000))],
    [
      'misses a layer',
      () => testTar({ name: 'manifest.json', content: '[{"Config":"c","Layers":["gone"]}]' }),
    ],
    ['has a hostile layer', () => archive([], testTar({ name: '../evil' }))],
    ['has a bad name', () => archive(['BAD:1'], base)],
    [
      'has a configuration of other layers',
      () => replaceAll(archive([], base), digestOf(base), digestOf(top)),
    ],
  ])('an archive that %s is refused, and leaves no image', async (_case, bytes) => {
    await expect(load(bytes())).rejects.toMatchObject({ status: 400 })
    expect(await images.list()).toEqual([])
    expect(cached('tmp')).toEqual([])
  })
})

const replaceAll = (bytes: Buffer, from: string, to: string): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')

test('what a killed engine left half made is gone when the next one opens', async () => {
  mkdirSync(join(folder, 'cache/images/tmp/half'))
  await open('other')
  expect(cached('tmp')).toEqual([])
})

test('what is saved can be loaded, and is the same image', async () => {
  const [loaded] = await load(archive(['a:1', 'b:1'], base, top))
  const other = await open('other')
  const saved = await images.save(['a:1'])
  const [again] = await other.load(saved)
  expect(again).toMatchObject({ names: ['a:1'], image: { id: loaded?.image.id, repoTags: ['a:1'] } })
  const file = join(folder, 'saved.tar')
  writeFileSync(file, await buffer(await images.save([loaded?.image.id ?? ''])))
  const inspected = execFileSync('skopeo', ['inspect', '--config', `docker-archive:${file}`], {
    encoding: 'utf8',
  })
  expect(JSON.parse(inspected).rootfs.diff_ids).toEqual([digestOf(base), digestOf(top)])
  await expect(images.save(['none'])).rejects.toMatchObject({ status: 404 })
})

describe('root', () => {
  test('is an ext4 of the merged layers, made once, with whiteouts applied and hard links kept', async () => {
    const [loaded] = await load(archive(['a:1'], base, top))
    const id = loaded?.image.id ?? ''
    const roots = await Promise.all([images.root(id), images.root(id), (await open()).root(id)])
    expect(new Set(roots.map(({ ext4Base }) => ext4Base)).size).toBe(1)
    const file = roots[0]?.ext4Base ?? ''
    expect(list(file, '/')).toEqual(['data', 'escape', 'etc', 'only', 'var'])
    expect(list(file, '/etc')).toEqual(['motd', 'same'])
    expect(list(file, '/var')).toEqual(['new'])
    expect(list(file, '/only')).toEqual([])
    expect(debugfs(file, 'stat /etc/motd')).toMatch(/Links: 2/)
    expect(debugfs(file, 'stat /data')).toMatch(/Mode: {2}0700[\s\S]*User: {3}999 {3}Group: {3}998/)
    execFileSync('e2fsck', ['-fn', file], { stdio: 'ignore' })
    expect(statSync(file).size).toBe(8 * 1024 ** 3)
    expect(statSync(file).blocks * 512).toBeLessThan(16 * 1024 ** 2)
  })

  test('has the extended attributes of the layers: capabilities of programs, and what users set', async () => {
    const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex')
    const xattrs = new Map([
      ['security.capability', capability],
      ['user.note', Buffer.from('kept')],
    ])
    const layer = testTar(
      { name: 'ping', mode: 0o755, content: 'x', xattrs },
      { name: 'again', type: 'hardlink', linkName: 'ping' },
    )
    const [loaded] = await load(archive(['x:1'], layer, top))
    const { ext4Base } = await images.root(loaded?.image.id ?? '')
    for (const path of ['/ping', '/again']) {
      expect(debugfs(ext4Base, `ea_get -x ${path} security.capability`).replace(/\s/g, '')).toContain(
        capability.toString('hex'),
      )
      expect(debugfs(ext4Base, `ea_get ${path} user.note`)).toContain('kept')
    }
  })

  test('is of no image that is not here', async () => {
    await expect(images.root(`sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ status: 404 })
  })
})

const debugfs = (file: string, command: string): string =>
  execFileSync('debugfs', ['-R', command, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
const list = (file: string, dir: string): string[] =>
  debugfs(file, `ls -p ${dir}`)
    .split('\n')
    .map((line) => line.split('/')[5] ?? '')
    .filter((name) => name !== '' && name !== '.' && name !== '..')
    .sort()

describe('copyOut', () => {
  const copy = async (path: string, ...layers: Buffer[]) => {
    const [loaded] = await load(archive([], ...layers))
    const destination = join(folder, 'volume')
    mkdirSync(destination)
    await images.copyOut(loaded?.image.id ?? '', path, destination)
    return destination
  }

  test('copies a directory with owner, mode and times', async () => {
    const destination = await copy('/data', base, top)
    const { uid, gid, mode, mtimeMs } = statSync(destination)
    expect([uid, gid, mode & 0o7777, mtimeMs]).toEqual([999, 998, 0o700, 1600000000000])
    expect(readdirSync(destination).sort()).toEqual(['link', 'seed'])
    expect(statSync(join(destination, 'seed')).mode & 0o7777).toBe(0o640)
  })

  test('sees the layers merged', async () => {
    expect(readdirSync(await copy('/etc', base, top)).sort()).toEqual(['motd', 'same'])
  })

  test('follows a link within the image, never to the host', async () => {
    expect(readdirSync(await copy('/escape/../escape', base)).sort()).toEqual(['gone', 'motd', 'same'])
  })

  test('does nothing when there is no such directory', async () => {
    expect(readdirSync(await copy('/etc/motd', base))).toEqual([])
  })
})

describe('remove', () => {
  test('an image goes with its last name, and the cache with the last engine that needs it', async () => {
    await load(archive(['a:1', 'b:1'], base))
    const other = await open('other')
    await load(archive(['c:1'], base), other)
    const id = (await images.find('a:1'))?.id ?? ''
    expect(await images.remove('a:1', noUsers)).toEqual([{ Untagged: 'a:1' }])
    expect(await images.remove('b:1', noUsers)).toEqual([{ Untagged: 'b:1' }, { Deleted: id }])
    expect(await images.find(id)).toBeUndefined()
    expect((await other.root(id)).imageId).toBe(id)
    expect(cached('layers').length).toBe(1)
    await other.remove(id, noUsers)
    expect([...cached('layers'), ...cached('blobs/sha256'), ...cached('bases'), ...cached('leases')]).toEqual(
      [],
    )
    expect(events.map(({ action }) => action)).toEqual([
      'load',
      'load',
      'untag',
      'untag',
      'delete',
      'untag',
      'delete',
    ])
  })

  test('the lease of a root that was deleted keeps nothing', async () => {
    await load(archive(['c:1'], top), await open('other'))
    rmSync(join(folder, 'other'), { recursive: true })
    await images.prune({ all: false, matches: () => true, users: () => [] })
    expect(cached('layers')).toEqual([])
  })

  test('containers are in the way: running ones always, stopped ones unless forced', async () => {
    const [loaded] = await load(archive(['a:1'], base))
    const id = loaded?.image.id ?? ''
    const used = (running: boolean) => () => [{ id: 'c'.repeat(64), running }]
    await expect(images.remove('a:1', { force: false, users: used(false) })).rejects.toMatchObject({
      status: 409,
    })
    await expect(images.remove(id, { force: true, users: used(true) })).rejects.toMatchObject({ status: 409 })
    await images.remove('a:1', { force: true, users: used(false) })
    expect(await images.list()).toEqual([])
    expect((await images.root(id)).imageId, 'the disk of the container needs it').toBe(id)
    await images.prune({ all: false, matches: () => false, users: () => [] })
    expect([...cached('layers'), ...cached('bases')]).toEqual([])
  })

  test('a name that looks like the beginning of an id is a name', async () => {
    const [loaded] = await load(archive(['a:1'], base))
    const name = loaded?.image.id.slice(7, 19) ?? ''
    await images.tag('a:1', name)
    expect(await images.remove(name, noUsers)).toEqual([{ Untagged: `${name}:latest` }])
    expect((await images.find('a:1'))?.repoTags).toEqual(['a:1'])
  })

  test('an id with names in two repositories must be forced', async () => {
    const [loaded] = await load(archive(['a:1', 'b:1'], base))
    const id = loaded?.image.id ?? ''
    await expect(images.remove(id.slice(7, 19), noUsers)).rejects.toMatchObject({ status: 409 })
    expect((await images.remove(id, { ...noUsers, force: true })).length).toBe(3)
    await expect(images.remove(id, noUsers)).rejects.toMatchObject({ status: 404 })
  })
})
