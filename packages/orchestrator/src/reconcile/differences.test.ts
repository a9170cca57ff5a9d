import { expect, test } from 'vitest'
import type { ContainerCreateBody, ContainerDetails } from '../client/api-types.ts'
import { differences } from './differences.ts'

const details = (config: object, host: object = {}): ContainerDetails =>
  ({
    Config: { Image: 'img', Labels: {}, Env: [], Cmd: null, Entrypoint: null, ...config },
    HostConfig: host,
  }) as unknown as ContainerDetails

const body = (members: object, host: object = {}): ContainerCreateBody => ({
  Image: 'img',
  Labels: {},
  NetworkingConfig: { EndpointsConfig: {} },
  ...members,
  HostConfig: { ...host },
})

test('variables are compared one by one, those of the image are no change', () => {
  const is = details({ Env: ['PATH=/bin', 'DEBUG=1', 'OLD=x'] })
  const wanted = body({ Env: ['DEBUG=0', 'NEW=y'] })
  expect(differences(is, wanted, ['PATH=/bin'])).toEqual([
    'environment.DEBUG "1" → "0"',
    'environment.NEW unset → "y"',
    'environment.OLD "x" → unset',
  ])
})

test('what the engine has filled in is no change', () => {
  const is = details(
    { Cmd: ['nginx'], User: 'www', Hostname: 'abc' },
    { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 }, Memory: 0, Binds: null },
  )
  expect(differences(is, body({}, { RestartPolicy: { Name: '', MaximumRetryCount: 0 } }), [])).toEqual([])
})

test('image, command, ports, volumes and limits are told in the words of the file', () => {
  const is = details({ Cmd: ['a'] }, { Binds: ['/x:/x:rw'], Memory: 100 })
  const wanted = body(
    { Image: 'other', Cmd: ['b'] },
    { Binds: ['/x:/x:ro'], Memory: 200, PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
  )
  expect(differences(is, wanted, [])).toEqual([
    'image "img" → "other"',
    'command ["a"] → ["b"]',
    'ports unset → {"80/tcp":[{"HostPort":"8080"}]}',
    'volumes ["/x:/x:rw"] → ["/x:/x:ro"]',
    'mem_limit 100 → 200',
  ])
})
