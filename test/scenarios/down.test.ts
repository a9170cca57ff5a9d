import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Host } from '../host.ts'

let host: Host
beforeAll(async () => {
  host = await Host.create()
  await host.load('busybox')
})
afterAll(() => host.destroy())

/** Everything of a host that a project could leave: processes, mounts, namespaces, sockets and files. */
const everything = async () => {
  const files: string[] = []
  const walk = (dir: string): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name)
      if (entry.isDirectory()) walk(path)
      files.push(
        `${path.slice(host.root.length)}${statSync(path, { throwIfNoEntry: false })?.isSocket() ? '=' : ''}`,
      )
    }
  }
  walk(host.root)
  const { stdout: namespaces } = await execa('ip', ['netns', 'list'])
  return {
    files: files.filter((path) => !path.startsWith('/projects/') && !/\.log$/.test(path)).sort(),
    processes: host
      .processes()
      .map(({ command }) => command.replace(/\d{2,}/g, 'N'))
      .sort(),
    mounts: host.mounts().sort(),
    // Other tests on this machine have theirs.
    namespaces: namespaces
      .split('\n')
      .filter((name) => !name.startsWith('cc-') || name.startsWith(host.netns))
      .sort(),
  }
}

test('`down -v` leaves no process, namespace, mount, socket or file of the project', async () => {
  const compose = (name: string) => `
services:
  web:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, '1000000']
    ports: ['127.0.0.1:8060:80']
    volumes: ['data:/data', '/anonymous', './src:/src']
    networks: [front, back]
    healthcheck: { test: [CMD, 'true'], interval: 1s }
    stop_grace_period: 1s
  ${name}:
    image: demo/busybox:1
    runtime: vm
    command: ['true']
    networks: [back]
networks: { front: {}, back: { internal: true } }
volumes: { data: {} }
`
  const dir = host.project('traces', { 'compose.yaml': compose('job'), 'src/a': '' })
  // One round first: the engine makes its switch, template and folders once, and keeps them.
  await host.ok(['up', '-d'], { cwd: dir })
  await host.ok(['down', '-v'], { cwd: dir })
  const before = await everything()
  await host.ok(['up', '-d', '--wait', 'web'], { cwd: dir })
  const during = await everything()
  expect(during.processes.length).toBeGreaterThan(before.processes.length)
  expect(during.files.length).toBeGreaterThan(before.files.length)
  await host.ok(['exec', '-T', 'web', 'touch', '/data/x'], { cwd: dir })
  await host.ok(['down', '-v'], { cwd: dir })
  expect(await everything()).toEqual(before)
})

test('`down` keeps named volumes, external networks and images unless it is told to take them', async () => {
  await host.docker(['network', 'create', 'shared'])
  const dir = host.project('keeps', {
    'compose.yaml': `
services:
  web: { image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], volumes: ['data:/data'], networks: [shared], stop_grace_period: 1s }
networks: { shared: { external: true } }
volumes: { data: {} }
`,
  })
  await host.ok(['up', '-d'], { cwd: dir })
  await host.ok(['down'], { cwd: dir })
  expect((await host.docker(['volume', 'ls', '-q'])).stdout).toBe('keeps_data\n')
  expect((await host.docker(['network', 'ls', '--format', '{{.Name}}'])).stdout).toContain('shared\n')
  await host.ok(['down', '-v'], { cwd: dir })
  expect((await host.docker(['volume', 'ls', '-q'])).stdout).toBe('')
  await host.docker(['network', 'rm', 'shared'])
})

test('`down --remove-orphans` takes what the file does not name, and leaves a service whose profile is off', async () => {
  const service = "{ image: demo/busybox:1, runtime: vm, command: [sleep, '1000000'], stop_signal: KILL"
  const file = (rest: string) => ({ 'compose.yaml': `services:\n  web: ${service} }\n${rest}` })
  const dir = host.project('off', file(`  off: ${service} }\n  gone: ${service} }\n`))
  await host.ok(['up', '-d'], { cwd: dir })
  host.project('off', file(`  off: ${service}, profiles: [off] }\n`))
  const down = await host.ok(['down', '--remove-orphans'], { cwd: dir })
  expect(down.stderr).toContain(' Network off_default  Resource is still in use\n')
  const left = await host.docker(['ps', '-a', '--format', '{{.Names}}'])
  expect(left.stdout).toBe('off-off-1\n')
  await host.ok(['--profile', 'off', 'down'], { cwd: dir })
})
