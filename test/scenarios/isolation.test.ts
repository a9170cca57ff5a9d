import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

/** Two networks that share one service; what each can name and reach. */
const compose = `
services:
  left:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo left > /srv/index.html; exec httpd -f -p 80 -h /srv']
    networks: [west]
    stop_grace_period: 1s
  middle:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    networks: { west: { aliases: [centre] }, east: {} }
    stop_grace_period: 1s
  right:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo right > /srv/index.html; exec httpd -f -p 80 -h /srv']
    networks: [east]
    stop_grace_period: 1s
networks:
  west: {}
  east: { internal: true }
`

let host: Host
let dir: string
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('isolation', { 'compose.yaml': compose })
  await host.ok(['up', '-d'], { cwd: dir })
})
afterAll(() => host.destroy())

const inService = (service: string, script: string) =>
  host.compose(['exec', '-T', service, 'sh', '-c', script], { cwd: dir })
const addressOf = async (service: string, network: string): Promise<string> => {
  const format = `{{(index .NetworkSettings.Networks "isolation_${network}").IPAddress}}`
  return (await host.docker(['inspect', '-f', format, `isolation-${service}-1`])).stdout.trim()
}

test('a service reaches what shares a network with it, by service name', async () => {
  expect((await inService('middle', 'wget -qO- http://left/')).stdout).toBe('left\n')
  expect((await inService('middle', 'wget -qO- http://right/')).stdout).toBe('right\n')
})

test('names resolve only within shared networks', async () => {
  expect((await inService('left', 'nslookup middle')).code).toBe(0)
  expect((await inService('left', 'nslookup centre')).code).toBe(0)
  expect((await inService('right', 'nslookup middle')).code).toBe(0)
  expect((await inService('left', 'nslookup right')).code).not.toBe(0)
  expect((await inService('right', 'nslookup left')).code).not.toBe(0)
  expect((await inService('right', 'nslookup centre')).code).not.toBe(0)
})

test('a machine cannot reach one of another network, not by its address either', async () => {
  const right = await addressOf('right', 'east')
  expect(right).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  expect((await inService('middle', `wget -qO- http://${right}/`)).stdout).toBe('right\n')
  expect((await inService('left', `wget -T 2 -qO- http://${right}/`)).code).not.toBe(0)
})

test('a machine cannot take the address of another', async () => {
  const right = await addressOf('right', 'east')
  const steal = `ip addr add ${right}/32 dev eth1 2>/dev/null; wget -T 2 -qO- http://${right}/`
  await inService('middle', steal)
  expect((await inService('right', 'wget -qO- http://127.0.0.1/')).stdout).toBe('right\n')
})
