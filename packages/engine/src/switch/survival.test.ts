import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { pidfdWait } from '@container-compose/native'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ControlConnection } from './control.ts'
import type { PublishedPort, Switch } from './switch.ts'
import {
  bedTimeoutMs,
  endpoint,
  network,
  openSwitchBed,
  type Peer,
  type SwitchBed,
  stateOf,
  tcpClient,
} from './testing/switch-bed.ts'

let bed: SwitchBed
let made: Switch
let web: Peer
let lone: Peer
const net = network(6)
const closed = network(7, { internal: true })
const webOn = endpoint('web', net, 2)
const loneOn = endpoint('lone', closed, 2)
const published: PublishedPort = {
  containerId: webOn.containerId,
  protocol: 'tcp',
  hostAddress: '127.0.0.1',
  hostPort: 0,
  hostPortEnd: 0,
  containerAddress: webOn.ipv4 ?? '',
  containerPort: 7,
}
const state = stateOf({
  networks: [net, closed],
  endpoints: [webOn, loneOn],
  ports: [published],
  egress: 'pasta',
})
let port = 0

beforeAll(async () => {
  bed = await openSwitchBed()
  made = bed.newSwitch()
  port = (await made.apply(state)).published[0]?.boundPort ?? 0
  web = await bed.plugIn(webOn, net)
  lone = await bed.plugIn(loneOn, closed)
  await web.echo()
  const echo = `require('node:net').createServer((socket) => socket.pipe(socket)).listen(80)`
  bed.outside(process.execPath, '-e', echo)
  bed.onHost(process.execPath, '-e', echo.replace('80', "81, '127.0.0.1'"))
}, bedTimeoutMs)
afterAll(() => bed.close(), bedTimeoutMs)

const outside = (peer: Peer, address = '198.51.100.1', to = 80) => peer.run(...tcpClient(address, to))
const switchPid = async (): Promise<number> => {
  const connection = await ControlConnection.open(bed.paths.control)
  const { hello } = await connection.request({ method: 'hello' })
  connection.close()
  return hello?.pid ?? 0
}
const egressPid = () => Number(readFileSync(bed.paths.egressPid, 'utf8'))

test('containers reach the outside, those of internal networks do not', async () => {
  await expect.poll(() => outside(web), { timeout: 5_000 }).toBe('hello')
  expect(outside(lone)).toBe('ECONNREFUSED')
})

test('the host’s loopback is out of reach by way of egress', () => {
  expect(outside(web, '169.254.77.1', 81)).not.toBe('hello')
  expect(outside(web, '127.0.0.1', 81)).toBe('ECONNREFUSED')
})

test('egress that dies comes back', async () => {
  const before = egressPid()
  process.kill(before, 'SIGKILL')
  await expect.poll(() => existsSync(bed.paths.egressPid) && egressPid(), { timeout: 5_000 }).not.toBe(before)
  await expect.poll(() => outside(web), { timeout: 5_000 }).toBe('hello')
})

test('a new engine finds the switch process as it is', async () => {
  const pid = await switchPid()
  const next = bed.newSwitch()
  await next.ensure()
  expect(await next.apply(state)).toMatchObject({ published: [{ boundPort: port }] })
  expect(await switchPid()).toBe(pid)
})

test('a switch process that is killed comes back: same namespace, ports, names, egress', async () => {
  const [pid, egress, { ino }] = [await switchPid(), egressPid(), statSync(bed.paths.netns)]
  process.kill(pid, 'SIGKILL')
  await pidfdWait(pid)
  await expect.poll(() => bed.ask('127.0.0.1', port), { timeout: 10_000 }).toBe('hello')
  expect(await switchPid()).not.toBe(pid)
  expect(statSync(bed.paths.netns).ino).toBe(ino)
  expect(egressPid()).toBe(egress)
  expect(outside(web)).toBe('hello')
  expect(await made.apply(state)).toMatchObject({ published: [{ boundPort: port }] })
})

test('destroying it leaves nothing', async () => {
  const pids = [await switchPid(), egressPid()]
  const tap = await made.openTap({ ...webOn, link: 'tap0' })
  expect(tap).toBeGreaterThan(2)
  await made.unplug('tap0')
  await made.unplug('tap0')
  const late = made.destroy().then(() => made.apply(state))
  await expect(Promise.all([late, made.apply(state)])).rejects.toThrow('removed')
  await expect(late).rejects.toThrow('removed')
  await made.destroy()
  for (const pid of pids) await pidfdWait(pid)
  expect(readdirSync(bed.run)).toEqual([])
  expect(execFileSync('mount', { encoding: 'utf8' })).not.toContain(bed.run)
})
