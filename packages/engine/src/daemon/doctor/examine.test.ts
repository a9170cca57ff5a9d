import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineRoot } from '../root.ts'
import { examine } from './examine.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doctor-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const finding = (what: string, change: object = {}) =>
  examine({
    root: engineRoot({ CONTAINER_COMPOSE_ROOT: '/tmp/x', CONTAINER_COMPOSE_CACHE: folder }),
    path: folder,
    platform: 'linux',
    uid: 0,
    nodeVersion: '20.19.0',
    ...change,
  }).find((one) => one.what === what)

test('a program on the path is found, a file that cannot be run is not', () => {
  const program = join(folder, 'skopeo')
  writeFileSync(program, '')
  chmodSync(program, 0o755)
  writeFileSync(join(folder, 'pasta-not'), '')
  expect(finding('skopeo')).toEqual({ section: 'programs', what: 'skopeo', state: 'ok', detail: program })
})

test('a missing program names what it is for and the command that installs it', () => {
  expect(finding('qemu-img')).toEqual({
    section: 'programs',
    what: 'qemu-img',
    state: 'missing',
    detail: 'not found; makes their disks',
    fix: 'apt-get install -y --no-install-recommends qemu-utils',
    debianPackage: 'qemu-utils',
  })
})

test('what is only of use sometimes is a hint', () => {
  expect(finding('cc')).toMatchObject({ state: 'hint', debianPackage: 'build-essential' })
})

test('another user than root is told why', () => {
  expect(finding('root', { uid: 1000 })?.state).toBe('missing')
})

test.each([
  ['20.18.9', 'missing'],
  ['20.19.0', 'ok'],
  ['22.0.0', 'ok'],
])('Node.js %s is %s', (nodeVersion, state) => {
  expect(finding('Node.js', { nodeVersion })?.state).toBe(state)
})

test('the kernel of the guests is looked for in the cache', () => {
  expect(finding('guest kernel')?.state).toBe('hint')
  mkdirSync(join(folder, 'kernel/6.1.0-1'), { recursive: true })
  expect(finding('guest kernel')).toMatchObject({ state: 'ok', detail: '6.1.0-1' })
})

test('the limit of watched directories is the kernel’s', () => {
  const most = Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'))
  expect(finding('file watches')).toMatchObject({
    state: most >= 65_536 ? 'ok' : 'hint',
    detail: expect.stringContaining(`${most} directories`),
  })
})

test('a mount server that found no watch left is told of, with the command that it names', () => {
  const root = { ...engineRoot({ CONTAINER_COMPOSE_ROOT: '/tmp/x' }), run: folder }
  for (const id of ['abc', 'def']) mkdirSync(join(folder, 'c', id), { recursive: true })
  writeFileSync(join(folder, 'c/abc/mounts-plain.log'), '')
  expect(finding('file watches', { root })?.detail).toContain('directories of mounts')
  const said =
    'mount-server: No space left on device; raise the limit: sysctl fs.inotify.max_user_watches=524288\n'
  writeFileSync(join(folder, 'c/def/mounts-locking.log'), said)
  expect(finding('file watches', { root })).toMatchObject({
    state: 'hint',
    detail: expect.stringContaining('none were left for def'),
    fix: 'sysctl fs.inotify.max_user_watches=524288',
  })
})

// Without the device doctor says that it is missing, and what a boot has shown is not looked at.
test.runIf(existsSync('/dev/kvm'))('a boot that failed with KVM is remembered', () => {
  mkdirSync(join(folder, 'acceleration'))
  writeFileSync(join(folder, 'acceleration/x.json'), '{"acceleration":"kvm"}')
  expect(finding('/dev/kvm')).toMatchObject({ state: 'ok', detail: 'guests run with it' })
  writeFileSync(join(folder, 'acceleration/x.json'), '{"acceleration":"tcg"}')
  expect(finding('/dev/kvm')).toMatchObject({
    state: 'hint',
    detail: expect.stringContaining('emulated in software'),
  })
})
