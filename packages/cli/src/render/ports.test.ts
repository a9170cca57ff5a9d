import { expect, test } from 'vitest'
import { renderPorts } from './ports.ts'

test('exposed ports come first, published ones that change their number last', () => {
  expect(
    renderPorts([
      { IP: '127.0.0.1', PrivatePort: 80, PublicPort: 8101, Type: 'tcp' },
      { PrivatePort: 8080, Type: 'tcp' },
    ]),
  ).toBe('8080/tcp, 127.0.0.1:8101->80/tcp')
})

test('runs of ports are ranges, IPv6 addresses stand in brackets', () => {
  expect(
    renderPorts([
      { PrivatePort: 8081, Type: 'tcp' },
      { PrivatePort: 8080, Type: 'tcp' },
      { IP: '::', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
    ]),
  ).toBe('[::]:53->53/udp, 8080-8081/tcp')
})
