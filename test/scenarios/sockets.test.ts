import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host, repository } from '../host.ts'

let host: Host
let dir: string
let echo: Server
let said: string

/** `tools` has the probe, a program that speaks by unix sockets. */
const composeFile = `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    stop_grace_period: 1s
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
      - ./echo.sock:/run/echo.sock:ro
      - ./folder:/folder
      - ${join(repository, 'packages/guest/build')}:/tools:ro
  victim:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    labels: { reap: me }
    use_api_socket: true
    stop_grace_period: 1s
    profiles: [victims]
`

beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
  dir = host.project('sockets', { 'compose.yaml': composeFile })
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => echo.listen(join(dir, 'echo.sock'), resolve))
  mkdirSync(join(dir, 'folder'))
  const inFolder = join(dir, 'folder/peer.sock')
  const listener = host.spawn(join(repository, 'packages/guest/build/socket-probe'), ['peer', inFolder])
  await eventually(() => existsSync(inFolder), 'a socket in a folder')
  said = (await host.ok(['up', '-d'], { cwd: dir })).stderr
  listener.kill()
  await listener
})
afterAll(async () => {
  await host.destroy()
  echo.close()
})

const box = async (script: string): Promise<string> => {
  const { code, stdout, stderr } = await host.compose(['exec', '-T', 'box', 'sh', '-c', script], { cwd: dir })
  if (code !== 0) throw new Error(`${script}: exit ${code}: ${stderr}`)
  return stdout
}

/** One after the other by one connection, which is kept until the last is answered. */
const askEngine = (...requests: readonly string[]): Promise<string> =>
  box(
    `{ ${requests
      .map((request, i) => {
        const last = i === requests.length - 1
        return `printf '${request} HTTP/1.1\\r\\nHost: engine\\r\\n${last ? 'Connection: close\\r\\n' : ''}\\r\\n'`
      })
      .join('; ')}; } | /tools/socket-probe tell /var/run/docker.sock`,
  )

test('/var/run/docker.sock is the engine that runs the container: a reaper lists and removes by label', async () => {
  await host.ok(['up', '-d', 'victim'], { cwd: dir })
  const found = 'test -S /var/run/docker.sock && cat $DOCKER_CONFIG/config.json'
  expect((await host.ok(['exec', '-T', 'victim', 'sh', '-c', found], { cwd: dir })).stdout).toContain(
    '"auths"',
  )
  const filters = encodeURIComponent('{"label":["reap=me"]}').replaceAll('%', '%%')
  const listed = await askEngine('GET /_ping', `GET /v1.51/containers/json?filters=${filters}`)
  expect(listed).toContain('\r\nOK\r\n')
  const [, id = ''] = /"Id":"([0-9a-f]{64})"/.exec(listed) ?? []
  expect(listed.match(/"Id":"[0-9a-f]{64}"/g)).toHaveLength(1)
  expect(listed).toContain('sockets-victim-1')
  expect(await askEngine(`DELETE /v1.51/containers/${id}?force=1`)).toMatch(/^HTTP\/1.1 204 /)
  expect((await host.compose(['ps', '-a', '--format', 'json'], { cwd: dir })).stdout).not.toContain('victim')
})

test('20 connections at once, and 50 MB through one, both ways and unchanged', async () => {
  const numbers = Array.from({ length: 20 }, (_, i) => `${i}\n`).join('')
  expect(
    await box('/tools/socket-probe many /run/echo.sock 20; /tools/socket-probe echo /run/echo.sock 50'),
  ).toMatch(new RegExp(`^${numbers}\\d+\\n$`))
})

test('later connections work when the process was restarted, the engine too, and the server on the host was killed', async () => {
  await host.ok(['restart', '--hot', 'box'], { cwd: dir })
  expect(await askEngine('GET /_ping')).toContain('\r\nOK\r\n')
  await host.ok(['engine', 'stop'])
  await host.ok(['engine', 'start'])
  expect(await askEngine('GET /_ping')).toContain('\r\nOK\r\n')
  const id = await host.ok(['ps', '-q', 'box'], { cwd: dir })
  const record = join(host.root, 'run/c', id.stdout.slice(0, 12), 'mounts-sockets.pid')
  const before = readFileSync(record, 'utf8')
  process.kill(Number(before.split(' ')[0]), 'SIGKILL')
  await eventually(async () => readFileSync(record, 'utf8') !== before, 'a successor')
  expect(await askEngine('GET /_ping')).toContain('\r\nOK\r\n')
})

test('sockets in a folder are warned about, those that are mounted themselves are not', () => {
  expect(said).toContain(
    `Unix sockets below ${dir}/folder cannot be connected to from a virtual machine (peer.sock)`,
  )
  expect(said).not.toContain('echo.sock')
})

test('a socket that is not there makes no folder in its place', () => {
  expect(existsSync('/var/run/docker.sock/')).toBe(false)
})
