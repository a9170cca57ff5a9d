import { expect, test } from 'vitest'
import { buildArguments, type Prepared } from './buildah/arguments.ts'
import { readBuildRequest } from './request.ts'

const read = (query: string) => readBuildRequest(new URLSearchParams(query))
const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value))

test('nothing asked for is a Dockerfile without names, with a network of its own', () => {
  expect(read('')).toMatchObject({
    dockerfile: 'Dockerfile',
    tags: [],
    network: 'private',
    noCache: false,
    labels: {},
  })
})

test('names get their tag', () => {
  expect(read('t=web&t=localhost:5000/a/b:2').tags).toEqual(['web:latest', 'localhost:5000/a/b:2'])
})

test.each([
  ['version=2', 501, 'BuildKit'],
  ['isolation=hyperv', 400, 'isolation "hyperv"'],
  ['securityopt=seccomp%3D/etc/shadow', 501, 'security options'],
  ['outputs=%5B%7B%7D%5D', 501, 'outputs'],
  ['networkmode=container:x', 400, 'network mode "container:x"'],
  ['t=UPPER', 400, 'must be lowercase'],
  ['buildargs=nope', 400, 'invalid buildargs'],
  ['buildargs=%5B1%5D', 400, 'buildargs is no map'],
  ['memory=1g', 400, 'invalid memory'],
  ['extrahosts=nope', 400, 'bad format for add-host'],
  [`ulimits=${json([{ Name: 'a b', Soft: 1, Hard: 1 }])}`, 400, 'invalid ulimit'],
])('%s is refused', (query, status, message) => {
  expect(() => read(query)).toThrow(
    expect.objectContaining({ status, message: expect.stringContaining(message) }),
  )
})

const prepared: Prepared = {
  contextDir: '/w/context',
  dockerfile: '/w/Dockerfile',
  ignoreFile: '/w/ignore',
  idFile: '/w/id',
  policy: '/w/policy',
  runtime: '/usr/sbin/runc',
  cgroupParent: 'builds/1',
  images: new Map([['base:1', `sha256:${'a'.repeat(64)}`]]),
  contexts: { lib: '/w/lib' },
  secrets: { token: '/w/secret' },
  hostGateway: '10.0.0.1',
}

test('each wish becomes an option of buildah', () => {
  const query = [
    `buildargs=${json({ A: 'x y', EMPTY: '', UNSET: null })}`,
    `labels=${json({ l: 'v' })}`,
    ...['target=last', 'platform=linux/amd64', 'nocache=1', 'squash=true', 'shmsize=67108864'],
    ...['memory=1048576', 'memswap=-1', 'cpushares=5', 'cpuperiod=100', 'cpuquota=50', 'cpusetcpus=0,1'],
    ...['extrahosts=db:10.1.1.1', 'extrahosts=me:host-gateway'],
    `ulimits=${json([{ Name: 'nofile', Soft: 10, Hard: 20 }])}`,
    `ssh=${json({ default: '/agent.sock' })}`,
  ].join('&')
  const words = buildArguments(read(query), prepared)
  const of = (flag: string) => words.flatMap((word, at) => (word === flag ? [words[at + 1]] : []))
  expect(of('--build-arg')).toEqual(['A=x y', 'EMPTY='])
  expect(of('--label')).toEqual(['l=v'])
  expect(of('--build-context')).toEqual([`base:1=docker-image://${'a'.repeat(64)}`, 'lib=/w/lib'])
  expect(of('--secret')).toEqual(['id=token,src=/w/secret'])
  expect(of('--ssh')).toEqual(['default=/agent.sock'])
  expect(of('--add-host')).toEqual(['db:10.1.1.1', 'me:10.0.0.1'])
  expect(of('--ulimit')).toEqual(['nofile=10:20'])
  for (const word of [
    ...['--no-cache', '--squash', '--target=last', '--platform=linux/amd64', '--shm-size=67108864'],
    ...['--memory=1048576b', '--memory-swap=-1', '--cpu-shares=5', '--cpu-period=100', '--cpu-quota=50'],
    '--cpuset-cpus=0,1',
  ])
    expect(words).toContain(word)
  expect(words.at(-1)).toBe('/w/context')
})

test('buildah asks no registry and knows nothing of the machine', () => {
  const words = buildArguments(read(''), prepared)
  for (const word of ['--pull=never', '--http-proxy=false', '--layers']) expect(words).toContain(word)
})
