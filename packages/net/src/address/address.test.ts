import { expect, test } from 'vitest'
import { containsAddress, formatCidr, overlaps, parseCidr } from './cidr.ts'
import { canonicalIp, formatIp, type IpAddress, parseIp } from './ip.ts'
import { linkLocalOfMac, macOfLease, parseMac } from './mac.ts'

const ip = (text: string): IpAddress => parseIp(text) ?? expect.unreachable(text)
const cidr = (text: string) => parseCidr(text) ?? expect.unreachable(text)

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::', '::'],
])('%s is the address %s', (text, canonical) => {
  expect(canonicalIp(text)).toBe(canonical)
})

test.each(['', '1.2.3', '010.0.0.1', '1.2.3.256', 'fe80::1%eth0', '1.2.3.4/8', 'localhost', '::1::'])(
  '"%s" is no address',
  (text) => expect(parseIp(text)).toBeUndefined(),
)

test('a subnet loses its host bits and knows its ends', () => {
  expect(formatCidr(cidr('10.1.2.3/16'))).toBe('10.1.0.0/16')
  expect(formatCidr(cidr('fd00:1::5/64'))).toBe('fd00:1::/64')
  expect(containsAddress(cidr('10.1.0.0/16'), ip('10.1.255.255'))).toBe(true)
  expect(containsAddress(cidr('10.1.0.0/16'), ip('10.2.0.0'))).toBe(false)
  expect(containsAddress(cidr('0.0.0.0/0'), ip('::'))).toBe(false)
})

test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '10.0.0.0/8/8'])(
  '"%s" is no subnet',
  (text) => expect(parseCidr(text)).toBeUndefined(),
)

test('subnets overlap when one holds the other', () => {
  expect(overlaps(cidr('10.0.0.0/8'), cidr('10.9.0.0/24'))).toBe(true)
  expect(overlaps(cidr('10.9.0.0/24'), cidr('10.0.0.0/8'))).toBe(true)
  expect(overlaps(cidr('10.9.0.0/24'), cidr('10.9.1.0/24'))).toBe(false)
  expect(overlaps(cidr('0.0.0.0/0'), cidr('::/0'))).toBe(false)
})

test('a MAC says which address was leased', () => {
  expect(macOfLease(ip('172.18.0.2'))).toBe('02:42:ac:12:00:02')
  expect(macOfLease(ip('fd00::1:2'))).toBe('02:42:00:01:00:02')
})

test('a MAC is read in both spellings, and is no multicast address', () => {
  expect(parseMac('02-42-AC-12-00-02')).toBe('02:42:ac:12:00:02')
  expect(parseMac('03:42:ac:12:00:02')).toBeUndefined()
  expect(parseMac('02:42:ac:12:00')).toBeUndefined()
})

test('the link-local address of a MAC is the kernel’s', () => {
  expect(formatIp(linkLocalOfMac('02:42:ac:12:00:02'))).toBe('fe80::42:acff:fe12:2')
})
