import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRootImage } from '../testing/root-image.ts'
import { bootGuest, type TestGuest, testProcess, testSetup } from '../testing/test-guest.ts'
import type { AgentClient } from './agent-client.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-network-'))
let guest: TestGuest
let agent: AgentClient

beforeAll(async () => {
  const probe = join(folder, 'probe')
  const source = fileURLToPath(new URL('../../agent/testing/dns_probe.c', import.meta.url))
  execFileSync('cc', ['-static', '-O1', '-w', source, '-o', probe])
  guest = await bootGuest(makeRootImage(folder, [probe]), { nics: 2 })
  agent = await guest.attach(false)
  await agent.setup(
    testSetup(testProcess(['/bin/probe', 'serve']), {
      nics: [
        {
          mac: '02:42:0a:59:00:02',
          mtu: 1400,
          addresses: ['10.89.0.2/24', 'fd00:89::2/64'],
          gateways: ['10.89.0.1', 'fd00:89::1'],
        },
      ],
      dnsUpstream: '10.89.0.2',
    }),
  )
  await agent.start()
}, 120_000)

afterAll(async () => {
  await guest.destroy()
  rmSync(folder, { recursive: true })
})

const run = async (...args: string[]): Promise<string> => {
  const exec = await agent.exec(testProcess(args))
  const output = await text(exec.stdout)
  await exec.exited
  return output
}

test('MAC, MTU, addresses and routes are those of the setup, a card without a network is down', async () => {
  const script =
    'cd /sys/class/net; cat eth0/address eth0/mtu eth0/flags eth1/flags; cat /proc/net/if_inet6; cat /proc/net/route; grep -c . /proc/net/fib_trie'
  const lines = (await run('sh', '-c', script)).split('\n')
  expect(lines.slice(0, 4)).toStrictEqual(['02:42:0a:59:00:02', '1400', '0x1003', '0x1002'])
  expect(lines.some((line) => /^fd000089000000000000000000000002 \w+ 40 /.test(line))).toBe(true)
  // Little-endian: the default route by 10.89.0.1, and the network itself.
  expect(lines.some((line) => /^eth0\t00000000\t0100590A\t/.test(line))).toBe(true)
  expect(lines.some((line) => /^eth0\t0000590A\t00000000\t.*\t00FFFFFF\t/.test(line))).toBe(true)
})

test('a container can listen on port 53 itself, and 127.0.0.11 still leads to the gateway, by UDP and TCP', async () => {
  expect(await run('/bin/probe', 'ask', 'udp')).toBe('udp 27 81 0 from 127.0.0.11:53\n')
  expect(await run('/bin/probe', 'ask', 'tcp')).toBe('tcp 29 81\n')
})

test("a node of the machine's disk or ports can be made but not opened", async () => {
  const devices =
    'while read major minor blocks name; do test "$name" = vda && mknod /tmp/vda b $major $minor; done < /proc/partitions'
  await run('sh', '-c', devices)
  expect(await run('/bin/probe', 'open', '/tmp/vda')).toBe('Operation not permitted\n')
  expect(await run('/bin/probe', 'open', '/dev/null')).toBe('opened\n')
  expect(await run('/bin/probe', 'open', '/dev/urandom')).toBe('opened\n')
  expect(await run('/bin/probe', 'open', '/dev/ptmx')).toBe('opened\n')
})
