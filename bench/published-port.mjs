#!/usr/bin/env node
// What a published TCP port carries: straight to the server, through our forwarder, and through docker-proxy where it is given.
//   node bench/published-port.mjs --wrk PATH --server 'chroot DIR nginx -c /bench.conf' [--docker-proxy PATH] [--path /1k]
// The server listens on port 80. All of it runs in namespaces of its own: host (client, listener), switch, container.
// `cpu` is the CPU time of the proxy alone for each request: it hardly moves with the load of the machine, requests per second do.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { median } from './statistics.mjs'

const { values: options } = parseArgs({
  options: {
    wrk: { type: 'string' },
    server: { type: 'string' },
    'docker-proxy': { type: 'string' },
    path: { type: 'string', default: '/1k' },
    connections: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '5' },
  },
})
if (options.wrk === undefined || options.server === undefined)
  throw new Error('--wrk and --server are needed; see the head of this file')

const repository = fileURLToPath(new URL('..', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'bench-port-'))
const bundle = join(work, 'native.mjs')
await build({
  stdin: {
    contents: "export * from './index.ts'",
    resolveDir: join(repository, 'packages/native/lib'),
    loader: 'ts',
  },
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
})
symlinkSync(join(repository, 'packages/native/build/native.node'), join(work, 'native.node'))
const { createNetns, removeNetns } = await import(bundle)

const namespace = (name) => join(work, name)
const inside = (name, command) =>
  execFileSync('nsenter', [`--net=${namespace(name)}`, ...command], { encoding: 'utf8' })
const children = []
const start = (name, command) => {
  const child = spawn('nsenter', [`--net=${namespace(name)}`, ...command], {
    // docker-proxy says on descriptor 3 that it is ready.
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  })
  children.push(child)
  return child
}
const names = ['host', 'switch', 'container']
for (const name of names) await createNetns(namespace(name))
for (const name of names) inside(name, ['ip', 'link', 'set', 'lo', 'up'])

/** A veth from one namespace to the container, at 10.0.<number>.1 and .2. */
const plug = (name, number) => {
  const holder = start('container', ['sleep', '100000'])
  inside(name, [
    'ip',
    'link',
    'add',
    `v${number}`,
    'type',
    'veth',
    'peer',
    'name',
    `w${number}`,
    'netns',
    `${holder.pid}`,
  ])
  inside(name, ['ip', 'addr', 'add', `10.0.${number}.1/24`, 'dev', `v${number}`])
  inside(name, ['ip', 'link', 'set', `v${number}`, 'up'])
  inside('container', ['ip', 'addr', 'add', `10.0.${number}.2/24`, 'dev', `w${number}`])
  inside('container', ['ip', 'link', 'set', `w${number}`, 'up'])
}
plug('host', 1)
plug('switch', 2)
start('container', options.server.split(' '))

const forward = `
  import { bindSocket, Forwarder } from ${JSON.stringify(bundle)}
  const forwarder = await Forwarder.open(${JSON.stringify(namespace('switch'))})
  const fd = await bindSocket({ type: 'stream', address: '127.0.0.1', port: 8080 })
  await forwarder.add(fd, 'stream', { address: '10.0.2.2', port: 80 })
  setInterval(() => {}, 1e9)`
const sides = [
  { name: 'straight', url: 'http://10.0.1.2' },
  {
    name: 'container-compose',
    url: 'http://127.0.0.1:8080',
    proxy: start('host', [process.execPath, '--input-type=module', '-e', forward]),
  },
]
if (options['docker-proxy'] !== undefined)
  sides.push({
    name: 'docker-proxy',
    url: 'http://127.0.0.1:8081',
    proxy: start('host', [
      options['docker-proxy'],
      ...['-proto', 'tcp', '-host-ip', '127.0.0.1', '-host-port', '8081'],
      ...['-container-ip', '10.0.1.2', '-container-port', '80'],
    ]),
  })
await sleep(1500)

/** Seconds of CPU that a process has used. */
const cpuOf = ({ pid }) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
const measure = ({ url, proxy }) => {
  const before = proxy ? cpuOf(proxy) : 0
  const output = inside('host', [
    ...options.wrk.split(' '),
    ...['-t1', `-c${options.connections}`, `-d${options.seconds}s`, url + options.path],
  ])
  const requests = Number(/(\d+) requests in/.exec(output)?.[1])
  if (/Non-2xx|Socket errors/.test(output) || !(requests > 0)) throw new Error(output)
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1])
  return { rate, cpu: proxy ? ((cpuOf(proxy) - before) / requests) * 1e6 : 0 }
}
const figures = new Map(sides.map(({ name }) => [name, []]))
try {
  for (let run = 0; run <= Number(options.runs); run++)
    for (const side of sides) {
      const figure = measure(side)
      if (run > 0) figures.get(side.name).push(figure)
    }
} finally {
  for (const child of children) child.kill('SIGTERM')
  await sleep(300)
  for (const name of names) await removeNetns(namespace(name))
  rmSync(work, { recursive: true })
}
for (const [name, list] of figures) {
  const rate = median(list.map((figure) => figure.rate))
  const cpu = median(list.map((figure) => figure.cpu))
  process.stdout.write(
    `${name.padEnd(18)} ${rate.toFixed(0).padStart(8)} requests/s ${cpu.toFixed(1).padStart(8)} µs cpu/request\n`,
  )
}
process.exit()
