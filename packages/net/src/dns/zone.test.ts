import { expect, test } from 'vitest'
import { buildZone, type ZoneEndpoint, type ZoneNetwork } from './zone.ts'

const net = (name: string, number: number, internal = false): ZoneNetwork => ({
  id: name,
  name,
  internal,
  subnets: [{ cidr: `10.0.${number}.0/24` }, { cidr: `fd00:${number}::/64` }],
})
const on = (
  container: string,
  networkId: string,
  ipv4: string,
  more: Partial<ZoneEndpoint> = {},
): ZoneEndpoint => ({
  containerId: container,
  networkId,
  ipv4,
  names: [container],
  running: true,
  ...more,
})
const networks = [net('front', 1), net('back', 2, true), net('lone', 3, true)]
const zone = buildZone(networks, [
  on('web', 'front', '10.0.1.2', { ipv6: 'fd00:1::2' }),
  on('app-1', 'front', '10.0.1.3', { names: ['app-1', 'app', 'api.example.org'] }),
  on('app-2', 'front', '10.0.1.4', { names: ['app-2', 'app'] }),
  on('app-1', 'back', '10.0.2.3', { names: ['app-1', 'app', 'backend'], upstream: ['10.9.9.9'] }),
  on('db', 'back', '10.0.2.4'),
  on('stopped', 'front', '10.0.1.9', { running: false }),
  on('alone', 'lone', '10.0.3.2'),
  on('long', 'front', '10.0.1.10', { names: ['x'.repeat(64), 'short'] }),
])
const lookup = (networkId: string, address: string, name: string) =>
  zone.viewOf(networkId, address)?.lookup(name)?.ipv4

test('names are those of the networks that the asker is in', () => {
  expect(lookup('front', '10.0.1.2', 'app-1')).toEqual(['10.0.1.3'])
  expect(lookup('front', '10.0.1.2', 'db')).toBeUndefined()
  expect(lookup('front', '10.0.1.2', 'backend')).toBeUndefined()
  expect(lookup('front', '10.0.1.3', 'db')).toEqual(['10.0.2.4'])
  expect(lookup('lone', '10.0.3.2', 'web')).toBeUndefined()
})

test('a service has the address of each replica, one for each container', () => {
  expect(lookup('front', '10.0.1.2', 'app')).toEqual(['10.0.1.3', '10.0.1.4'])
  expect(lookup('front', '10.0.1.3', 'app')).toEqual(['10.0.2.3', '10.0.1.4'])
})

test('a name may have the network behind it, and dots in itself', () => {
  expect(lookup('front', '10.0.1.2', 'app-1.front')).toEqual(['10.0.1.3'])
  expect(lookup('front', '10.0.1.2', 'app-1.back')).toBeUndefined()
  expect(lookup('front', '10.0.1.3', 'db.back')).toEqual(['10.0.2.4'])
  expect(lookup('front', '10.0.1.2', 'api.example.org')).toEqual(['10.0.1.3'])
})

test('a container that does not run has no name, but may ask', () => {
  expect(lookup('front', '10.0.1.2', 'stopped')).toBeUndefined()
  expect(lookup('front', '10.0.1.9', 'web')).toEqual(['10.0.1.2'])
})

test('who is not leased sees nothing', () => {
  expect(zone.viewOf('front', '10.0.1.77')).toBeUndefined()
  expect(zone.viewOf('back', '10.0.1.2')).toBeUndefined()
})

test('an asker is known by either address, however it is written', () => {
  expect(lookup('front', 'fd00:0001:0::0002', 'web')).toEqual(['10.0.1.2'])
})

test('reverse names stay within shared networks, and questions about ours never leave', () => {
  const reverse = (address: string) => zone.viewOf('front', '10.0.1.2')?.reverse(address)
  expect(reverse('10.0.1.3')).toBe('app-1.front')
  expect(reverse('fd00:1::2')).toBe('web.front')
  expect(reverse('10.0.1.10')).toBe('short.front')
  expect(reverse('10.0.1.200')).toBeNull()
  expect(reverse('10.0.2.4')).toBeNull()
  expect(reverse('192.0.2.1')).toBeUndefined()
})

test('only containers with a network that is not internal ask outside', () => {
  expect(zone.viewOf('front', '10.0.1.2')?.mayAskOutside).toBe(true)
  expect(zone.viewOf('back', '10.0.2.3')?.mayAskOutside).toBe(true)
  expect(zone.viewOf('back', '10.0.2.4')?.mayAskOutside).toBe(false)
  expect(zone.viewOf('back', '10.0.2.3')?.upstream).toEqual(['10.9.9.9'])
})
