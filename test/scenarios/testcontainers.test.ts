import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host, repository } from '../host.ts'

const folder = join(repository, 'test/testcontainers')
const reaper = 'demo/reaper:1'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox', 'redis')
  const context = host.project('reaper', {
    'compose.yaml': `services: { reaper: { image: ${reaper}, build: . } }`,
  })
  for (const file of ['Dockerfile', 'serve.sh'])
    copyFileSync(join(folder, 'reaper', file), join(context, file))
  copyFileSync(join(repository, 'packages/guest/build/socket-probe'), join(context, 'socket-probe'))
  await host.ok(['build'], { cwd: context })
})
afterAll(() => host.destroy())

const names = async (...args: string[]): Promise<string[]> =>
  (await host.docker(args)).stdout.split('\n').filter((name) => name !== '')

test('a test suite with testcontainers has its containers, and the reaper removes them when it dies', async () => {
  const before = await names('network', 'ls', '--format', '{{.Name}}')
  const { stdout, stderr } = await host.run(process.execPath, [join(folder, 'session.mjs')], {
    env: {
      DOCKER_HOST: `unix://${host.socket}`,
      RYUK_CONTAINER_IMAGE: reaper,
      // Where the tests themselves run in a container testcontainers looks for the ports at Docker's bridge.
      TESTCONTAINERS_HOST_OVERRIDE: 'localhost',
    },
  })
  expect(stdout, stderr).not.toBe('')
  expect(JSON.parse(stdout)).toEqual({ port: expect.any(Number), output: '+PONG\r\n', exitCode: 0 })
  await eventually(
    async () => (await names('ps', '-a', '--format', '{{.Image}}')).join() === reaper,
    'only the reaper is left',
    30_000,
  )
  await eventually(
    async () => (await names('network', 'ls', '--format', '{{.Name}}')).join() === before.join(),
    'the network is gone',
  )
})
