import type { Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { desireOf, projectOf } from '../reconcile/states.ts'
import { withSupport } from './support.ts'

const at = { file: '/home/u/demo/compose.yaml', line: 4, column: 5 }
const supported = (
  service: Partial<Service>,
  ownEngine = true,
  more: Parameters<typeof projectOf>[1] = {},
) => {
  const project = projectOf({ web: service }, more)
  const options = { ownEngine, defaultRuntime: 'vm' }
  return withSupport(desireOf(project), { project, locations: { of: () => at } }, options)
}
const check = (service: Partial<Service>, ownEngine = true) => supported(service, ownEngine).warnings

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

test.each<[Partial<Service>, string]>([
  [{ blkio_config: { weight: 10 } }, 'BlkioWeight'],
  [{ cgroup_parent: 'p' }, 'CgroupParent'],
  [{ cpu_rt_period: 1 }, 'CpuRealtimePeriod'],
  [{ cpu_rt_runtime: 1 }, 'CpuRealtimeRuntime'],
  [{ mem_swappiness: '10' }, 'MemorySwappiness'],
  [{ oom_kill_disable: true }, 'OomKillDisable'],
  [{ oom_score_adj: 10 }, 'OomScoreAdj'],
  [{ userns_mode: 'x' }, 'UsernsMode'],
  [{ logging: { driver: 'syslog' } }, 'LogConfig'],
])('a hint is left out of what our engine is asked for, and the hash stays: %j', (service, member) => {
  const hostConfig = (ownEngine: boolean) => {
    const [web] = supported(service, ownEngine).desired.services
    return {
      hash: web?.hash,
      members: Object.keys(web?.body({ name: 'n', number: 1, image: undefined }).HostConfig ?? {}),
    }
  }
  expect(hostConfig(true).members).not.toContain(member)
  expect(hostConfig(false).members).toContain(member)
  expect(hostConfig(true).hash).toBe(hostConfig(false).hash)
})

test('a file that is mounted keeps its owner and mode, which is told', () => {
  const secrets = [
    { source: 'file', mode: '0400' },
    { source: 'text', uid: '7' },
  ]
  const more = {
    secrets: { file: { file: '/s' }, text: { environment: 'TOKEN' } },
    environment: { TOKEN: '' },
  }
  expect(supported({ secrets }, true, more).warnings).toEqual([
    'services.web.secrets: uid, gid and mode have no effect on file, which is mounted as the file that it is on the host (/home/u/demo/compose.yaml:4:5)',
  ])
})

test.each<[string, Partial<Service>, object, string]>([
  [
    'an external secret',
    { secrets: [{ source: 's' }] },
    { secrets: { s: { external: true } } },
    'unsupported external secret s',
  ],
  [
    'an external config',
    { configs: [{ source: 'c' }] },
    { configs: { c: { external: true } } },
    'unsupported external config c',
  ],
  [
    'a secret whose variable is not set',
    { secrets: [{ source: 's' }] },
    { secrets: { s: { environment: 'TOKEN' } } },
    'environment variable "TOKEN" required by secret "s" is not set',
  ],
])('%s is refused on every engine', (_case, service, more, message) => {
  expect(() => supported(service, false, more)).toThrow(expect.objectContaining({ message, at: [at] }))
})
