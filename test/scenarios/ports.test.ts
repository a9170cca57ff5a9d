import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

/** The port is open before the server of the container listens, as under dockerd: the first answer may take a moment. */
const firstPage = (url: string) => eventually(() => host.fetch(url), `a page of ${url}`)

const web = (ports: string) => `
services:
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo page > /srv/index.html; exec httpd -f -p 80 -h /srv']
    ports: ${ports}
    stop_grace_period: 1s
`

test('a published port answers on exactly the address asked for', async () => {
  const dir = host.project('ports', { 'compose.yaml': web("['127.0.0.1:8081:80', '8082:80', '80']") })
  await host.ok(['up', '-d'], { cwd: dir })
  expect(await firstPage('http://127.0.0.1:8081/')).toBe('page\n')
  expect(await host.fetch('http://127.0.0.1:8082/')).toBe('page\n')
  expect(await host.fetch('http://[::1]:8082/')).toBe('page\n')
  await expect(host.fetch('http://[::1]:8081/')).rejects.toThrow()
  const random = (await host.ok(['port', 'web', '80'], { cwd: dir })).stdout.trim()
  expect(random).toMatch(/^(127\.0\.0\.1|0\.0\.0\.0):\d+$/)
  await host.ok(['down'], { cwd: dir })
  await expect(host.fetch('http://127.0.0.1:8081/')).rejects.toThrow()
})

test('a published port that is taken gives a clear error and leaves nothing behind', async () => {
  const holder = host.spawn(process.execPath, [
    '-e',
    "require('net').createServer().listen(8090, '0.0.0.0', () => console.log('up'))",
  ])
  await new Promise((resolve) => holder.stdout?.once('data', resolve))
  const dir = host.project('taken', { 'compose.yaml': web("['8090:80']") })
  const before = host.processes().length
  const up = await host.compose(['up', '-d'], { cwd: dir })
  expect(up.code).toBe(1)
  expect(up.stderr).toContain('8090')
  expect(up.stderr).toMatch(/port is already allocated|address already in use/)
  expect(host.machines()).toEqual([])
  expect(host.processes().length).toBe(before)
  holder.kill('SIGKILL')
  await holder
  await host.ok(['up', '-d'], { cwd: dir })
  expect(await firstPage('http://127.0.0.1:8090/')).toBe('page\n')
  await host.ok(['down'], { cwd: dir })
})
