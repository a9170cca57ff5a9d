#!/usr/bin/env node
// What a relayed unix socket carries, out of the machine and into it, and what a byte there and back takes: the guest's time, and the
// CPU time of QEMU and the socket server.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Side } from './side.mjs'
import { summary, table } from './statistics.mjs'

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const repository = fileURLToPath(new URL('..', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'cc-bench-'))
const project = join(root, 'sockets')
const ours = new Side({
  name: 'container-compose',
  compose: [process.execPath, join(repository, 'packages/cli/dist/container-compose.mjs')],
  socket: join(root, 'run/engine.sock'),
  env: {
    CONTAINER_COMPOSE_ROOT: root,
    CONTAINER_COMPOSE_CACHE: process.env.CONTAINER_COMPOSE_CACHE ?? join(repository, '.cache/engine'),
    CONTAINER_COMPOSE_WARM_SPARE: 'off',
  },
})
const mebibytes = 32
const turns = 500

/** Programs of the host. */
const programs = {
  echo: (socket) => socket.pipe(socket),
  sink: (socket) => socket.on('end', () => socket.end()).resume(),
  source: (socket) => {
    let left = mebibytes * 16
    const piece = Buffer.alloc(65_536)
    const more = () => {
      while (left-- > 0) if (!socket.write(piece)) return void socket.once('drain', more)
      socket.end()
    }
    socket.resume()
    more()
  },
}
/** What is measured by one of them, and the unit of its figures. */
const loads = {
  'out of the machine': { command: `pour /run/sink ${mebibytes}`, units: mebibytes, unit: 'MiB' },
  'into the machine': { command: 'drink /run/source', units: mebibytes, unit: 'MiB' },
  'a byte there and back': { command: `turns /run/echo ${turns}`, units: turns, unit: 'turn' },
}

mkdirSync(project)
const mounts = Object.keys(programs).map((name) => `./${name}:/run/${name}`)
writeFileSync(
  join(project, 'compose.yaml'),
  `services:
  box:
    image: demo/busybox:1
    runtime: vm
    command: [sleep, "100000"]
    stop_grace_period: 1s
    volumes: ${JSON.stringify([...mounts, `${join(repository, 'packages/guest/build')}:/tools:ro`])}
`,
)
const servers = Object.entries(programs).map(([name, serve]) => {
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket.on('error', () => {})))
  return server.listen(join(project, name))
})
try {
  await ours.run(['engine', 'start'])
  const load = new Side({
    ...ours,
    compose: [process.execPath, join(repository, 'scripts/load-images.mjs'), ours.socket],
  })
  await load.run([join(repository, '.cache/images/busybox.tar')])
  await ours.run(['up', '-d'], { cwd: project })
  const pids = await processes()
  const rows = []
  for (const [name, { command, units, unit }] of Object.entries(loads)) {
    const figures = { wall: [], qemu: [], server: [] }
    // The first run of all is thrown away: it translates the guest's code.
    for (let run = 0; run <= Number(options.runs); run++) {
      const before = pids.map(cpuOf)
      const probe = ['exec', '-T', 'box', 'sh', '-c', `/tools/socket-probe ${command}`]
      const { stdout } = await ours.run(probe, { cwd: project, output: true })
      const [qemu, server] = pids.map((pid, index) => ((cpuOf(pid) - before[index]) * 1000) / units)
      if (run === 0) continue
      // The probe says milliseconds of all, or microseconds of a turn.
      figures.wall.push(unit === 'turn' ? Number(stdout) / 1000 : Number(stdout) / units)
      figures.qemu.push(qemu)
      figures.server.push(server)
    }
    rows.push([name, unit, ...Object.values(figures).map((list) => summary(list, 2))])
  }
  console.log(table(['ms of', 'for each', 'wall', 'CPU of QEMU', 'CPU of the server'], rows))
} finally {
  await ours.run(['down'], { cwd: project }).catch(() => {})
  await ours.run(['engine', 'stop', '--containers'])
  for (const server of servers) server.close()
  rmSync(root, { recursive: true, force: true })
}
process.exit()

async function processes() {
  const { body } = await ours.call('GET', '/containers/sockets-box-1/json')
  const record = join(root, 'run/c', body.Id.slice(0, 12), 'mounts-sockets.pid')
  return [body.State.Pid, Number.parseInt(readFileSync(record, 'utf8'), 10)]
}

/** Seconds. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
