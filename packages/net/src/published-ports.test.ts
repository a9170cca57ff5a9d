import { expect, test } from 'vitest'
import { planPublishedPorts } from './published-ports.ts'

/** `hostAddress:first-last->port/protocol`, one for each listener. */
const plan = (
  bindings: Parameters<typeof planPublishedPorts>[0]['bindings'],
  exposed: string[] = [],
  publishAll = false,
) =>
  planPublishedPorts({ bindings, exposed, publishAll }).map(
    ({ hostAddress, hostPort, hostPortEnd, containerPort, protocol }) =>
      `${hostAddress} ${hostPort}-${hostPortEnd}->${containerPort}/${protocol}`,
  )

test('without a host address a port is bound on both families', () => {
  expect(plan({ '80/tcp': [{ HostIp: '', HostPort: '8080' }] })).toEqual([
    '0.0.0.0 8080-8080->80/tcp',
    ':: 8080-8080->80/tcp',
  ])
})

test('a host address is taken exactly', () => {
  expect(
    plan({
      '53/udp': [
        { HostIp: '127.0.0.1', HostPort: '5353' },
        { HostIp: '[::1]', HostPort: '5354' },
      ],
    }),
  ).toEqual(['127.0.0.1 5353-5353->53/udp', '::1 5354-5354->53/udp'])
})

test('no host port, and no binding, mean any free port', () => {
  expect(plan({ '80': [{ HostIp: '127.0.0.1' }] })).toEqual(['127.0.0.1 0-0->80/tcp'])
  expect(plan({ '80/tcp': null })).toEqual(['0.0.0.0 0-0->80/tcp', ':: 0-0->80/tcp'])
  expect(plan({ '80/tcp': [] })).toHaveLength(2)
})

test('a range offers its ports', () => {
  expect(plan({ '80/tcp': [{ HostIp: '::1', HostPort: '8000-8010' }] })).toEqual(['::1 8000-8010->80/tcp'])
})

test('publishing all adds what is exposed and not bound', () => {
  expect(plan({ '80/tcp': [{ HostIp: '::1', HostPort: '1' }] }, ['80/tcp', '53/udp'], true)).toEqual([
    '0.0.0.0 0-0->53/udp',
    ':: 0-0->53/udp',
    '::1 1-1->80/tcp',
  ])
  expect(plan({}, ['80/tcp'])).toEqual([])
})

test.each([
  [{ '0/tcp': null }, 'INVALID_PORT'],
  [{ '65536/tcp': null }, 'INVALID_PORT'],
  [{ 'http/tcp': null }, 'INVALID_PORT'],
  [{ '80/sctp': null }, 'UNSUPPORTED_PROTOCOL'],
  [{ '80/tcp': [{ HostPort: '9-8' }] }, 'INVALID_PORT'],
  [{ '80/tcp': [{ HostPort: '1-2-3' }] }, 'INVALID_PORT'],
  [{ '80/tcp': [{ HostPort: '0-9' }] }, 'INVALID_PORT'],
  [{ '80/tcp': [{ HostPort: '-1' }] }, 'INVALID_PORT'],
  [{ '80/tcp': [{ HostIp: 'localhost' }] }, 'INVALID_ADDRESS'],
])('%j is refused: %s', (bindings, code) => {
  expect(() => plan(bindings)).toThrow(expect.objectContaining({ code }))
})
