import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { examine } from './doctor.ts'
import { engineRoot } from './root.ts'

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
  expect(finding('skopeo')).toEqual({ what: 'skopeo', state: 'ok', detail: program })
})

test('a missing program names the command that installs it', () => {
  const missing = finding('qemu-img', { path: folder })
  if (missing?.state === 'missing') expect(missing.fix).toContain('apt-get install')
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
