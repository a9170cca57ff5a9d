import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openVolumes } from './local-volumes.ts'
import type { Volumes } from './volumes.ts'

let folder = ''
let volumes: Volumes
let events: string[]
let setAside: string[]
const open = () =>
  openVolumes({
    dir: join(folder, 'volumes'),
    onSetAside: (path) => setAside.push(path),
    onEvent: (action, { name }) => events.push(`${action} ${name}`),
    clock: { now: () => 1_700_000_000_123, sleep: () => Promise.resolve() },
  })
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-volumes-'))
  events = []
  setAside = []
  volumes = open()
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a volume is a directory with its document, and is there after a restart', async () => {
  const volume = await volumes.create({ name: 'demo_data', labels: { a: 'b' } })
  expect(volume).toEqual({
    name: 'demo_data',
    driver: 'local',
    labels: { a: 'b' },
    options: {},
    createdAt: '2023-11-14T22:13:20Z',
    mountpoint: join(folder, 'volumes/demo_data/_data'),
    anonymous: false,
  })
  expect(statSync(volume.mountpoint).mode & 0o7777).toBe(0o755)
  expect(open().list()).toEqual([volume])
  expect(events).toEqual(['create demo_data'])
})

test('creating it again changes nothing', async () => {
  const first = await volumes.create({ name: 'demo_data', labels: { a: 'b' } })
  writeFileSync(join(first.mountpoint, 'file'), 'x')
  expect(await volumes.create({ name: 'demo_data' })).toEqual(first)
  expect(readdirSync(first.mountpoint)).toEqual(['file'])
  expect(events).toEqual(['create demo_data'])
})

test('without a name it is anonymous', async () => {
  const volume = await volumes.create({ labels: { a: 'b' } })
  expect(volume.name).toMatch(/^[0-9a-f]{64}$/)
  expect(volume).toMatchObject({ anonymous: true, labels: { a: 'b', 'com.docker.volume.anonymous': '' } })
})

test('it goes with its data, unless a container refers to it', async () => {
  const { mountpoint } = await volumes.create({ name: 'demo_data' })
  writeFileSync(join(mountpoint, 'file'), 'x')
  const users = ['c'.repeat(64), 'd'.repeat(64)]
  await expect(volumes.remove('demo_data', { force: true, users })).rejects.toMatchObject({
    status: 409,
    message: `remove demo_data: volume is in use - [${users.join(', ')}]`,
  })
  expect(readFileSync(join(mountpoint, 'file'), 'utf8')).toBe('x')
  await volumes.remove('demo_data', { force: false, users: [] })
  expect(readdirSync(join(folder, 'volumes'))).toEqual([])
  expect(volumes.get('demo_data')).toBeUndefined()
  expect(events).toEqual(['create demo_data', 'destroy demo_data'])
})

test('removing what is not there is an error, or nothing when forced', async () => {
  await expect(volumes.remove('none', { force: false, users: [] })).rejects.toMatchObject({ status: 404 })
  await volumes.remove('none', { force: true, users: [] })
})

test('a directory of the host can be a volume, and outlives it', async () => {
  const device = join(folder, 'host')
  mkdirSync(device)
  writeFileSync(join(device, 'file'), 'x')
  const options = { type: 'none', o: 'bind', device }
  const { mountpoint } = await volumes.create({ name: 'bound', options })
  expect(readdirSync(mountpoint)).toEqual(['file'])
  await volumes.remove('bound', { force: false, users: [] })
  expect(readdirSync(device)).toEqual(['file'])
})

test.each([
  ['too short a name', { name: 'a' }, 400],
  ['a name with a slash', { name: 'a/b' }, 400],
  ['a name that climbs', { name: '..' }, 400],
  ['a name that begins with a dot', { name: '.removing-x' }, 400],
  ['another driver', { name: 'vol', driver: 'nfs' }, 404],
  ['an unknown option', { name: 'vol', options: { colour: 'red' } }, 400],
  [
    'a file system of the network',
    { name: 'vol', options: { type: 'nfs', o: 'addr=10.0.0.1', device: ':/x' } },
    400,
  ],
  ['a memory file system', { name: 'vol', options: { type: 'tmpfs', device: 'tmpfs' } }, 400],
  [
    'a device that is missing',
    { name: 'vol', options: { type: 'none', o: 'bind', device: '/nonexistent' } },
    400,
  ],
])('%s is refused, and nothing is made', async (_case, request, status) => {
  await expect(volumes.create(request)).rejects.toMatchObject({ status })
  expect(readdirSync(join(folder, 'volumes'))).toEqual([])
})

test('a bad document is set aside, its data is kept and taken up by name', async () => {
  const { mountpoint } = await volumes.create({ name: 'demo_data' })
  writeFileSync(join(mountpoint, 'file'), 'x')
  writeFileSync(join(folder, 'volumes/demo_data/volume.json'), '{')
  const again = open()
  expect(setAside).toEqual([join(folder, 'volumes/demo_data/volume.json')])
  expect(again.list()).toEqual([])
  await again.create({ name: 'demo_data' })
  expect(existsSync(join(mountpoint, 'file'))).toBe(true)
})
