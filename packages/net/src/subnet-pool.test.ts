import { expect, test } from 'vitest'
import { type Cidr, formatCidr, overlaps, parseCidr } from './address/cidr.ts'
import { routesInUse } from './routes-in-use.ts'
import { checkSubnet, chooseSubnet, defaultPools, defaultPools6, parseSubnet } from './subnet-pool.ts'

const cidrs = (...texts: string[]): Cidr[] => texts.map((text) => parseCidr(text) ?? expect.unreachable(text))

test.each([
  [[], '172.17.0.0/16'],
  [['172.17.0.0/16'], '172.18.0.0/16'],
  [['172.16.0.0/12'], '192.168.0.0/20'],
  [['172.17.5.0/24', '172.18.0.1/32'], '172.19.0.0/16'],
  [['172.16.0.0/12', '192.168.0.0/16', '10.0.0.0/9'], undefined],
])('with %j in use the next subnet is %s', (used, expected) => {
  const choose = () => formatCidr(chooseSubnet(defaultPools, cidrs(...used)))
  if (expected === undefined) expect(choose).toThrow(expect.objectContaining({ code: 'NO_FREE_SUBNET' }))
  else expect(choose()).toBe(expected)
})

test('chosen subnets never overlap, and a hundred networks have room', () => {
  const chosen: Cidr[] = []
  for (let i = 0; i < 100; i++) chosen.push(chooseSubnet(defaultPools, chosen))
  for (const [i, subnet] of chosen.entries())
    expect(chosen.findIndex((other) => overlaps(other, subnet))).toBe(i)
})

test('an IPv6 network gets a /64 of its own', () => {
  const first = chooseSubnet(defaultPools6, [])
  expect(formatCidr(first)).toBe('fd63:6f6d:706f::/64')
  expect(formatCidr(chooseSubnet(defaultPools6, [first]))).toBe('fd63:6f6d:706f:1::/64')
})

test('a fixed subnet that overlaps another network’s is refused', () => {
  const ofNetworks = cidrs('10.5.0.0/16')
  const check = (text: string) => () => checkSubnet(parseSubnet(text), ofNetworks)
  expect(check('10.5.1.0/24')).toThrow(expect.objectContaining({ code: 'POOL_OVERLAPS' }))
  expect(check('10.0.0.0/8')).toThrow(expect.objectContaining({ code: 'POOL_OVERLAPS' }))
  expect(check('10.6.0.0/16')).not.toThrow()
})

test('a subnet with host bits is refused, as Docker does', () => {
  expect(() => parseSubnet('10.5.1.1/24')).toThrow('it should be 10.5.1.0/24')
  expect(() => parseSubnet('10.5.1.0')).toThrow(expect.objectContaining({ code: 'INVALID_SUBNET' }))
})

test('the routes of a host are in use, its default routes are not', () => {
  const route = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010200C0	0003	0	0	0	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
tun0	0000000A	00000000	0001	0	0	0	000000FF	0	0	0
`
  const route6 = `fd000000000000000000000000000000 40 00 00 00 0 0 0 0 eth0
00000000000000000000000000000000 00 00 00 00 0 0 0 0 eth0
fe800000000000000000000000000000 40 00 00 00 0 0 0 0 eth0
ff000000000000000000000000000000 08 00 00 00 0 0 0 0 eth0
`
  expect(routesInUse(route, route6).map(formatCidr)).toEqual(['192.0.2.0/24', '10.0.0.0/8', 'fd00::/64'])
})
