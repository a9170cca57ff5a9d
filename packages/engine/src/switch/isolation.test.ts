import { execFileSync } from 'node:child_process'
import { listLinks } from '@container-compose/native'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Switch } from './switch.ts'
import {
  bedTimeoutMs,
  endpoint,
  network,
  openSwitchBed,
  type Peer,
  type SwitchBed,
  stateOf,
} from './testing/switch-bed.ts'

let bed: SwitchBed
let made: Switch
const peers: Record<'web' | 'db' | 'other', Peer> = {} as never
const front = network(1, { ipv6: true })
const back = network(2, { ipv6: true })
const web = endpoint('web', front, 2)
const db = endpoint('db', front, 3)
const other = endpoint('other', back, 2)

beforeAll(async () => {
  bed = await openSwitchBed()
  made = bed.newSwitch()
  await made.apply(stateOf({ networks: [front, back], endpoints: [web, db, other] }))
  peers.web = await bed.plugIn(web, front)
  peers.db = await bed.plugIn(db, front)
  peers.other = await bed.plugIn(other, back)
  for (const peer of Object.values(peers)) await peer.echo()
}, bedTimeoutMs)
afterAll(() => bed.close(), bedTimeoutMs)

/** Whether a TCP connection to the echo port comes about. */
const reaches = (from: Peer, to: string | undefined, port = 7): boolean => {
  try {
    from.run('timeout', '1', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', to ?? '', String(port))
    return true
  } catch {
    return false
  }
}

test('endpoints of one network reach each other and their gateway’s resolver', () => {
  expect(reaches(peers.web, db.ipv4)).toBe(true)
  expect(reaches(peers.web, db.ipv6)).toBe(true)
  expect(reaches(peers.web, '10.77.1.1', 53)).toBe(true)
  expect(reaches(peers.web, 'fd77:1::1', 53)).toBe(true)
})

test('another network and its gateway are out of reach', () => {
  expect(reaches(peers.other, other.ipv4)).toBe(true)
  expect(reaches(peers.web, other.ipv4)).toBe(false)
  expect(reaches(peers.web, other.ipv6)).toBe(false)
  expect(reaches(peers.web, '10.77.2.1', 53)).toBe(false)
  expect(reaches(peers.web, 'fd77:2::1', 53)).toBe(false)
})

test('the host’s namespace has no trace of it', () => {
  const links = execFileSync('nsenter', [`--net=${bed.host}`, 'ip', '-j', 'link'], { encoding: 'utf8' })
  expect(JSON.parse(links).map(({ ifname }: { ifname: string }) => ifname)).toEqual(['lo', 'eth0'])
  const rules = execFileSync('nsenter', [`--net=${bed.host}`, 'nft', 'list', 'ruleset'], { encoding: 'utf8' })
  expect(rules).toBe('')
})

test('what is not leased does not leave a port: address, MAC, ARP', () => {
  const echo = `require('node:net').connect({ host: '${web.ipv4}', port: 7, localAddress: '10.77.1.9' }).on('connect', () => process.exit(9))`
  peers.db.run('ip', 'addr', 'add', '10.77.1.9/24', 'dev', 'eth0')
  expect(() => peers.db.run('timeout', '1', process.execPath, '-e', echo)).toThrow(
    expect.objectContaining({ status: 124 }),
  )
  // Who asks for the address finds nobody: the claim does not leave.
  expect(reaches(peers.web, '10.77.1.9')).toBe(false)
  peers.db.run('ip', 'addr', 'del', '10.77.1.9/24', 'dev', 'eth0')
  peers.db.run('ip', 'addr', 'add', 'fd77:1::9/64', 'dev', 'eth0', 'nodad')
  expect(reaches(peers.web, 'fd77:1::9')).toBe(false)
  peers.db.run('ip', 'addr', 'del', 'fd77:1::9/64', 'dev', 'eth0')
  expect(reaches(peers.db, web.ipv4)).toBe(true)
  peers.db.run('ip', 'link', 'set', 'eth0', 'address', '02:00:00:00:00:09')
  expect(reaches(peers.db, web.ipv4)).toBe(false)
  peers.db.run('ip', 'link', 'set', 'eth0', 'address', db.mac)
})

test('applying the same again changes nothing, and a network that goes is gone', async () => {
  const state = stateOf({ networks: [front], endpoints: [web, db] })
  await made.apply(state)
  await made.apply(state)
  expect(reaches(peers.web, db.ipv4)).toBe(true)
  expect((await listLinks(bed.paths.netns)).map(({ name }) => name)).not.toContain(back.bridge)
})
