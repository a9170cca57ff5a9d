import { expect, test } from 'vitest'
import { formatIp } from './address/ip.ts'
import { type LeaseSpaceConfig, leaseAddress, leaseSpace } from './leases.ts'

const lease = (
  config: LeaseSpaceConfig,
  taken: string[] = [],
  options: { after?: string; fixed?: string } = {},
) => leaseAddress(leaseSpace(config), { taken: new Set(taken), ...options })
const code = (expected: string) => expect.objectContaining({ code: expected })

test('the gateway is the first address, and leases follow', () => {
  const config = { subnet: '172.18.0.0/16' }
  expect(formatIp(leaseSpace(config).gateway)).toBe('172.18.0.1')
  expect(lease(config)).toBe('172.18.0.2')
  expect(lease(config, ['172.18.0.2'])).toBe('172.18.0.3')
  expect(lease({ subnet: 'fd00::/64' })).toBe('fd00::2')
})

test('a released address comes back late', () => {
  const config = { subnet: '10.0.0.0/29' }
  expect(lease(config, ['10.0.0.3'], { after: '10.0.0.3' })).toBe('10.0.0.4')
  expect(lease(config, ['10.0.0.6'], { after: '10.0.0.6' })).toBe('10.0.0.2')
})

test('leases keep to the range, fixed addresses only to the subnet', () => {
  const config = { subnet: '10.0.0.0/16', ipRange: '10.0.5.0/24', gateway: '10.0.0.254' }
  expect(lease(config)).toBe('10.0.5.0')
  expect(lease(config, ['10.0.5.0'])).toBe('10.0.5.1')
  expect(lease(config, [], { fixed: '10.0.9.9' })).toBe('10.0.9.9')
})

test('auxiliary addresses are nobody’s', () => {
  const config = { subnet: '10.0.0.0/24', auxAddresses: { router: '10.0.0.2' } }
  expect(lease(config)).toBe('10.0.0.3')
  expect(() => lease(config, [], { fixed: '10.0.0.2' })).toThrow(code('ADDRESS_IN_USE'))
})

test.each([
  ['10.0.0.0', 'ADDRESS_IN_USE'],
  ['10.0.0.1', 'ADDRESS_IN_USE'],
  ['10.0.0.7', 'ADDRESS_IN_USE'],
  ['10.0.0.255', 'ADDRESS_IN_USE'],
  ['10.0.1.7', 'ADDRESS_OUT_OF_RANGE'],
  ['fd00::7', 'ADDRESS_OUT_OF_RANGE'],
  ['ten', 'INVALID_ADDRESS'],
])('the fixed address %s is refused: %s', (fixed, expected) => {
  expect(() => lease({ subnet: '10.0.0.0/24' }, ['10.0.0.7'], { fixed })).toThrow(code(expected))
})

test('a small subnet is leased to the last address', () => {
  const taken: string[] = []
  const config = { subnet: '10.0.0.0/29' }
  for (let i = 0; i < 5; i++) taken.push(lease(config, taken, { after: taken.at(-1) ?? '10.0.0.4' }))
  expect(taken).toEqual(['10.0.0.5', '10.0.0.6', '10.0.0.2', '10.0.0.3', '10.0.0.4'])
  expect(() => lease(config, taken)).toThrow(code('NO_FREE_ADDRESS'))
})

test('wrong configurations are refused', () => {
  expect(() => leaseSpace({ subnet: '10.0.0.0/24', ipRange: '10.1.0.0/24' })).toThrow(
    code('ADDRESS_OUT_OF_RANGE'),
  )
  expect(() => leaseSpace({ subnet: '10.0.0.0/24', gateway: '10.1.0.1' })).toThrow(
    code('ADDRESS_OUT_OF_RANGE'),
  )
  expect(() => leaseSpace({ subnet: '10.0.0.5/24' })).toThrow(code('INVALID_SUBNET'))
})
