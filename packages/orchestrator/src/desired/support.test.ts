import type { Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { projectOf } from '../reconcile/states.ts'
import { checkSupport } from './support.ts'

const at = { file: '/home/u/demo/compose.yaml', line: 4, column: 5 }
const check = (service: Partial<Service>, ownEngine = true) =>
  checkSupport(projectOf({ web: service }), { of: () => at }, { ownEngine, defaultRuntime: 'vm' })

test('what would make another container of it is refused, with its place', () => {
  expect(() => check({ network_mode: 'host' })).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_KEY', at: [at] }),
  )
})

test('a hint that has no effect is a warning with its place', () => {
  expect(check({ blkio_config: { weight: 10 } })).toEqual([
    'services.web.blkio_config has no effect (/home/u/demo/compose.yaml:4:5)',
  ])
})

test('all faults are told at once', () => {
  expect(() => check({ network_mode: 'host', pid: 'host' })).toThrow(
    expect.objectContaining({ name: 'UserErrors' }),
  )
})

test('what the runtime of the service can do is not refused', () => {
  expect(check({ runtime: 'sandbox', network_mode: 'host', pid: 'host' })).toEqual([])
})

test('another engine is given everything that is not our own part', () => {
  expect(check({ network_mode: 'host', gpus: [{ count: 1 }] }, false)).toEqual([])
  expect(() => check({ post_start: [{ command: ['true'] }] }, false)).toThrow(
    expect.objectContaining({ code: 'UNSUPPORTED_KEY' }),
  )
})

test('values that mean the default are fine', () => {
  expect(check({ ipc: 'private', logging: { driver: 'json-file' }, network_mode: 'none' })).toEqual([])
})
