import { expect, test } from 'vitest'
import { parseCreateRequest } from './create-request.ts'
import { wantedMounts } from './mount-requests.ts'

const wanted = (hostConfig: object) => wantedMounts(parseCreateRequest({ HostConfig: hostConfig }).hostConfig)
const statusOf = (hostConfig: object) => {
  try {
    wanted(hostConfig)
  } catch (error) {
    return (error as { status?: number }).status
  }
}

test('a bind begins with a path, a volume with a name, an anonymous volume with neither', () => {
  expect(wanted({ Binds: ['/src/:/app:ro', 'data:/data', '/cache'] })).toMatchObject([
    { type: 'bind', source: '/src', destination: '/app', readOnly: true, createSource: true },
    { type: 'volume', name: 'data', destination: '/data', readOnly: false, copy: true },
    { type: 'volume', name: undefined, destination: '/cache' },
  ])
})

test('a part of a volume lies within it', () => {
  const mount = { Type: 'volume', Source: 'data', Target: '/b' }
  const of = (Subpath: string) => ({ Mounts: [{ ...mount, VolumeOptions: { Subpath } }] })
  expect(wanted(of('a/b'))).toMatchObject([{ subpath: 'a/b' }])
  for (const outside of ['/etc', '..', 'a/../../b']) expect(statusOf(of(outside))).toBe(400)
})

test('nocopy keeps an empty volume empty', () => {
  expect(wanted({ Binds: ['data:/data:rw,nocopy'] })).toMatchObject([{ copy: false }])
})

test('the long form makes no source unless it says so', () => {
  const mount = { Type: 'bind', Source: '/a', Target: '/b', BindOptions: {} }
  expect(wanted({ Mounts: [mount] })).toMatchObject([{ createSource: false, fromMounts: true }])
  expect(wanted({ Mounts: [{ ...mount, BindOptions: { CreateMountpoint: true } }] })).toMatchObject([
    { createSource: true },
  ])
})

test('a tmpfs has the options that Docker adds', () => {
  expect(wanted({ Tmpfs: { '/run': 'size=1m,exec' } })).toMatchObject([
    { type: 'tmpfs', destination: '/run', options: ['nosuid', 'nodev', 'size=1m', 'exec'] },
  ])
  expect(
    wanted({ Mounts: [{ Type: 'tmpfs', Target: '/t', TmpfsOptions: { SizeBytes: 10, Mode: 0o700 } }] }),
  ).toMatchObject([{ options: ['noexec', 'nosuid', 'nodev', 'size=10', 'mode=700'] }])
})

test.each([
  ['two mounts at one place', { Binds: ['/a:/x', '/b:/x/'] }],
  ['a relative target', { Binds: ['/a:x'] }],
  ['the root as target', { Binds: ['/a:/'] }],
  ['an unknown option', { Binds: ['/a:/x:wat'] }],
  ['propagation', { Binds: ['/a:/x:rshared'] }],
  ['a volume name that is a path', { Binds: ['a/b:/x'] }],
  ['a type that we do not have', { Mounts: [{ Type: 'image', Source: 'a', Target: '/x' }] }],
])('%s is a bad parameter', (_case, hostConfig) => {
  expect(statusOf(hostConfig)).toBe(400)
})
