import { expect, test } from 'vitest'
import { loadProject } from '../load.ts'
import { folderWith } from '../testing/folder.ts'

const merged = async (base: string, override: string) => {
  const cwd = folderWith({
    'a.yaml': `services: {a: {image: i, ${base}}}`,
    'b.yaml': `services: {a: {${override}}}`,
  })
  const files = ['a.yaml', 'b.yaml']
  return (await loadProject({ cwd, environment: {}, files })).project.services['a']
}

test.each<[string, string, string, object]>([
  ['a value is replaced', 'hostname: x', 'hostname: y', { hostname: 'y' }],
  ['a command is replaced, not merged', 'command: [a, b]', 'command: c', { command: ['c'] }],
  [
    'variables are merged by name',
    'environment: {A: 1, B: 1}',
    'environment: [B=2]',
    { environment: { A: '1', B: '2' } },
  ],
  ['ports are added', 'ports: ["80:80"]', 'ports: ["81:81"]', { ports: [{ target: 80 }, { target: 81 }] }],
  [
    'the same port counts once',
    'ports: ["80:80"]',
    'ports: [{target: 80, published: "80"}]',
    { ports: [{ target: 80, mode: 'ingress' }] },
  ],
  [
    'a volume on the same target is replaced',
    'volumes: ["/a:/x"]',
    'volumes: ["/b:/x"]',
    { volumes: [{ source: '/b' }] },
  ],
  ['dns is added', 'dns: 1.1.1.1', 'dns: [2.2.2.2, 1.1.1.1]', { dns: ['1.1.1.1', '2.2.2.2'] }],
  [
    'options of another log driver are forgotten',
    'logging: {driver: a, options: {x: 1}}',
    'logging: {driver: b, options: {y: 2}}',
    { logging: { driver: 'b', options: { y: '2' } } },
  ],
  [
    'options of the same log driver are merged',
    'logging: {driver: a, options: {x: 1}}',
    'logging: {options: {y: 2}}',
    { logging: { driver: 'a', options: { x: '1', y: '2' } } },
  ],
  ['dependencies are merged by name', 'depends_on: []', 'depends_on: []', { image: 'i' }],
  [
    'hosts are added once',
    'extra_hosts: ["a:1"]',
    'extra_hosts: ["a:1", "b:2"]',
    { extra_hosts: ['a=1', 'b=2'] },
  ],
  [
    'a limit is replaced as a whole',
    'ulimits: {nofile: {soft: 1, hard: 2}}',
    'ulimits: {nofile: 5}',
    { ulimits: { nofile: 5 } },
  ],
  ['build is merged, short with long', 'build: ./a', 'build: {target: t}', { build: { target: 't' } }],
  ['!reset takes away', 'hostname: x', 'hostname: !reset null', { image: 'i' }],
  ['!override replaces a list', 'ports: ["80"]', 'ports: !override ["81"]', { ports: [{ target: 81 }] }],
])('%s', async (_, base, override, expected) => {
  const service = await merged(base, override)
  expect(service).toMatchObject(expected)
  for (const [key, value] of Object.entries(expected))
    if (Array.isArray(value)) expect((service as never)[key]).toHaveLength(value.length)
  if (override.includes('!reset')) expect(service?.hostname).toBeUndefined()
})
