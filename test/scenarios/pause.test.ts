import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

test('a paused container stands still, lets nobody wait for it, and goes on', async () => {
  const dir = host.project('still', {
    'compose.yaml': `
services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'trap "echo heard" USR1; while :; do echo tick; sleep 0.1; done']
    stop_grace_period: 0s
`,
  })
  const name = 'still-box-1'
  const lines = async () => (await host.docker(['logs', name])).stdout.split('\n').length
  await host.ok(['up', '-d'], { cwd: dir })
  await eventually(async () => (await lines()) > 3, 'its ticks')

  expect((await host.ok(['pause'], { cwd: dir })).stderr).toBe(` Container ${name}  Paused\n`)
  expect((await host.docker(['ps', '--format', '{{.Status}}'])).stdout).toMatch(/^Up .* \(Paused\)\n$/)
  const before = await lines()
  for (const [args, words] of [
    [['exec', name, 'true'], 'is paused, unpause the container before exec'],
    [['cp', `${name}:/etc/passwd`, '-'], 'is paused, unpause the container before copying'],
    [['top', name], 'is paused, unpause the container before top'],
  ] as const) {
    const refused = await host.docker(args, { timeoutMs: 20_000 })
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(words)])
  }
  expect((await host.docker(['stats', '--no-stream', '--format', '{{.Name}}'])).stdout).toBe(`${name}\n`)
  expect((await host.docker(['kill', '-s', 'USR1', name])).stdout).toBe(`${name}\n`)
  expect((await host.compose(['pause'], { cwd: dir })).stderr).toContain('is already paused')
  expect(await lines()).toBe(before)

  expect((await host.ok(['unpause'], { cwd: dir })).stderr).toBe(` Container ${name}  Unpaused\n`)
  await eventually(async () => (await host.docker(['logs', name])).stdout.includes('heard\n'), 'the signal')
  await eventually(async () => (await lines()) > before + 3, 'more ticks')
  await host.ok(['pause'], { cwd: dir })
  await host.ok(['down'], { cwd: dir })
})
