import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { checkRequest } from './check-request.ts'
import { parseCreateRequest } from './create-request.ts'

const check = (body: object): void => checkRequest(parseCreateRequest({ Image: 'i', ...body }))

// As dockerd 28.5 says it.
test.each<[body: object, message: string]>([
  [{ WorkingDir: 'rel' }, "the working directory 'rel' is invalid, it needs to be an absolute path"],
  [{ Env: ['A=b', '=x'] }, 'invalid environment variable: =x'],
  [{ StopSignal: 'FOO' }, 'invalid signal: FOO'],
  [{ HostConfig: { ShmSize: -1 } }, 'SHM size can not be less than 0'],
  [{ HostConfig: { CpuQuota: 5 } }, 'CPU cfs quota can not be less than 1ms (i.e. 1000)'],
  [
    { HostConfig: { CpuPeriod: 2e6 } },
    'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)',
  ],
  [{ HostConfig: { OomScoreAdj: 5000 } }, 'Invalid value 5000, range for oom score adj is [-1000, 1000]'],
  [{ HostConfig: { Isolation: 'foo' } }, "invalid isolation (foo): linux only supports 'default'"],
  [{ HostConfig: { ExtraHosts: ['foo'] } }, 'bad format for add-host: "foo"'],
  [{ HostConfig: { Dns: ['foo'] } }, 'bad nameserver address foo'],
  [
    { HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } },
    "can't create 'AutoRemove' container with restart policy",
  ],
])('%j is refused', (body, message) => {
  expect(() => check(body)).toThrow(message)
})

test('as many CPUs as there are, and no more', () => {
  const cpus = availableParallelism()
  check({ HostConfig: { NanoCpus: cpus * 1e9 } })
  expect(() => check({ HostConfig: { NanoCpus: (cpus + 1) * 1e9 } })).toThrow(
    `range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`,
  )
})

test('what makes sense passes', () => {
  check({
    WorkingDir: '/srv',
    Env: ['A', 'B=', 'C=d=e'],
    StopSignal: 'SIGRTMIN+3',
    HostConfig: {
      ExtraHosts: ['a:1.2.3.4', 'b:host-gateway', 'c:[::1]'],
      Dns: ['1.1.1.1', '::1'],
      Isolation: 'default',
    },
  })
})
