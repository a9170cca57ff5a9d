import { expect, test } from 'vitest'
import { mountPorts } from './mount-ports.ts'

test('each profile counts its own entries, in the order given', () => {
  expect(
    mountPorts([
      { source: '/src', target: '/app', readOnly: false, kind: 'bind', profile: 'plain' },
      { source: '/vol', target: '/data', readOnly: false, kind: 'volume', profile: 'locking' },
      { source: '/run/db.sock', target: '/db', readOnly: false, kind: 'socket', uid: 1, gid: 2, mode: 0o660 },
      { source: '/etc/app', target: '/etc/app', readOnly: true, kind: 'bind', profile: 'plain' },
    ]),
  ).toStrictEqual([
    {
      name: 'plain',
      mounts: [
        { entry: 0, source: '/src', target: '/app', readOnly: false },
        { entry: 1, source: '/etc/app', target: '/etc/app', readOnly: true },
      ],
    },
    { name: 'locking', mounts: [{ entry: 0, source: '/vol', target: '/data', readOnly: false }] },
    {
      name: 'sockets',
      mounts: [
        { entry: 0, source: '/run/db.sock', target: '/db', readOnly: false, uid: 1, gid: 2, mode: 0o660 },
      ],
    },
  ])
})

test('a container without host mounts uses no port', () => {
  expect(mountPorts([])).toStrictEqual([])
})
