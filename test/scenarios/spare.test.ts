import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { Host } from '../host.ts'
import { endHard } from '../kill.ts'

const env = { CONTAINER_COMPOSE_WARM_SPARE: 'on' }

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.ok(['engine', 'start'], { env })
  await host.load('busybox')
})
afterAll(() => host.destroy())

const runFolder = () => join(host.root, 'run')
const spareFolders = (): string[] => readdirSync(runFolder()).filter((name) => name.startsWith('spare-'))

/** The spare's pid, when it has been made and stands still: its guest computes no more. */
const sparePid = async (): Promise<number | undefined> => {
  const [folder] = spareFolders()
  if (folder === undefined) return undefined
  const pid = Number(readFileSync(join(runFolder(), folder, 'pid'), 'utf8'))
  const cpu = () =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).join(' ')
  const before = cpu()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  return before === cpu() ? pid : undefined
}

test('a service is started in the spare, with its network, port, volume and log, and both are survived by a killed engine', async () => {
  const dir = host.project('spare', {
    'compose.yaml': `
services:
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sh, -c, 'echo from $$(hostname) >/srv/index.html; echo up; exec httpd -f -p 80 -h /srv']
    hostname: warm
    ports: ['127.0.0.1:8077:80']
    volumes: ['data:/srv']
    stop_grace_period: 1s
volumes: { data: {} }
`,
  })
  await host.ok(['create'], { cwd: dir, env })
  const spare = await eventually(sparePid, 'a spare waits', 60_000)
  await host.ok(['up', '-d'], { cwd: dir, env })
  const inspected = await host.docker(['inspect', '-f', '{{.State.Pid}}', 'spare-web-1'])
  expect(Number(inspected.stdout)).toBe(spare)
  const url = 'http://127.0.0.1:8077/'
  expect(await eventually(() => host.fetch(url), 'a page')).toBe('from warm\n')

  // Another spare is made, and ends with its engine; what has become a container's does not.
  const next = await eventually(sparePid, 'another spare waits', 60_000)
  endHard(Number(readFileSync(join(runFolder(), 'engine.pid'), 'utf8')))
  await eventually(() => !host.machines().includes(next), 'the spare has ended')
  expect(host.machines()).toStrictEqual([spare])
  const script = 'echo still in $(hostname)'
  const exec = await host.ok(['exec', '-T', 'web', 'sh', '-c', script], { cwd: dir, env })
  expect(exec.stdout).toBe('still in warm\n')
  expect((await host.ok(['logs', '--no-log-prefix'], { cwd: dir, env })).stdout).toBe('up\n')
  expect(await host.fetch(url)).toBe('from warm\n')

  await host.ok(['down', '-v'], { cwd: dir, env })
  await host.ok(['engine', 'stop'], { env })
  expect(host.machines()).toStrictEqual([])
  expect(spareFolders()).toStrictEqual([])
})
