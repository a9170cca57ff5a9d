#!/usr/bin/env node
// What databases do to a volume, on one that is a directory and on one that is a disk (type: ext4): the guest's time, and the CPU
// time of QEMU and the mount servers.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Side } from './side.mjs'
import { median } from './statistics.mjs'

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '3' } } })
const repository = fileURLToPath(new URL('..', import.meta.url))
const root = mkdtempSync(join(tmpdir(), 'cc-bench-'))
const project = join(root, 'volumes')
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

const service = (name) =>
  `  ${name}: { image: demo/redis:1, runtime: vm, volumes: ["${name}:/data", ./tools:/tools:ro], stop_grace_period: 1s }\n`
mkdirSync(join(project, 'tools'), { recursive: true })
writeFileSync(
  join(project, 'compose.yaml'),
  `services:\n${service('directory')}${service('disk')}volumes: { directory: {}, disk: { driver_opts: { type: ext4 } } }\n`,
)
execFileSync('cc', [
  '-O2',
  '-static',
  '-o',
  join(project, 'tools/writes'),
  join(repository, 'bench/writes.c'),
])
for (const file of ['/usr/bin/sqlite3', ...librariesOf('/usr/bin/sqlite3')])
  copyFileSync(file, join(project, 'tools', file.split('/').at(-1)))

const inserts = `create table t(a); ${'insert into t values(hex(randomblob(50))); '.repeat(50)}`
writeFileSync(join(project, 'tools/inserts.sql'), inserts)
const sqlite = (journal) =>
  `rm -f s.db*; LD_LIBRARY_PATH=/tools /tools/sqlite3 s.db "pragma journal_mode=${journal}" ".read /tools/inserts.sql"`
const redis =
  'mkdir -p r; redis-server --port 7777 --dir /data/r --appendonly yes --appendfsync always --save "" --daemonize yes >/dev/null;' +
  'until redis-cli -p 7777 ping >/dev/null 2>&1; do sleep 0.1; done; redis-benchmark -p 7777 -t set -n 200 -c 1 -q | tail -1;' +
  'redis-cli -p 7777 shutdown nosave; rm -r r'

const loads = {
  '300 random writes of 4 KB, each with fsync': '/tools/writes f random-sync',
  '300 random writes of 4 KB, one fsync': '/tools/writes f random',
  '300 appends of 100 bytes, each with fdatasync': '/tools/writes f append-sync',
  '300 writes of 4 KB in place, each with fdatasync': '/tools/writes f random-data',
  'sqlite, 50 inserts, journal_mode=delete': sqlite('delete'),
  'sqlite, 50 inserts, journal_mode=wal': sqlite('wal'),
  'redis, 200 SET of one client, appendfsync always': redis,
}

let isStopped = false
process.once('SIGINT', () => {
  isStopped = true
})
try {
  await ours.run(['engine', 'start'])
  const load = new Side({
    ...ours,
    compose: [process.execPath, join(repository, 'scripts/load-images.mjs'), ours.socket],
  })
  await load.run([join(repository, '.cache/images/redis.tar')])
  await ours.run(['up', '-d'], { cwd: project })
  console.log('| load | directory | disk | CPU directory | CPU disk |\n| --- | --- | --- | --- | --- |')
  for (const [name, command] of Object.entries(loads)) {
    if (isStopped) break
    const taken = { directory: [], disk: [] }
    // The first run of all is thrown away: it translates the guest's code.
    for (let run = 0; run <= Number(options.runs); run++)
      for (const kind of Object.keys(taken)) {
        const times = await timesOf(kind, command)
        if (run > 0) taken[kind].push(times)
      }
    const figure = (kind, which) => `${median(taken[kind].map((times) => times[which])).toFixed(2)} s`
    const figures = ['wall', 'cpu'].flatMap((which) => [figure('directory', which), figure('disk', which)])
    console.log(`| ${name} | ${figures.join(' | ')} |`)
  }
} finally {
  await ours.run(['down', '-v'], { cwd: project }).catch(() => {})
  await ours.run(['engine', 'stop', '--containers'])
  rmSync(root, { recursive: true, force: true })
}

async function timesOf(kind, command) {
  const pids = await processesOf(kind)
  const script = `cd /data; read a b </proc/uptime; { ${command}; } >/dev/null; read c d </proc/uptime; echo $a $c`
  const before = cpuOf(pids)
  const { stdout } = await ours.run(['exec', '-T', kind, 'sh', '-c', script], { cwd: project, output: true })
  const [began, ended] = stdout.trim().split('\n').at(-1).split(' ').map(Number)
  return { wall: ended - began, cpu: cpuOf(pids) - before }
}

async function processesOf(kind) {
  const { body } = await ours.call('GET', `/containers/volumes-${kind}-1/json`)
  const dir = join(root, 'run/c', body.Id.slice(0, 12))
  const servers = readdirSync(dir).filter((name) => /^mounts-.*\.pid$/.test(name))
  return [
    body.State.Pid,
    ...servers.map((name) => Number.parseInt(readFileSync(join(dir, name), 'utf8'), 10)),
  ]
}

/** Seconds. */
function cpuOf(pids) {
  const ticks = pids.flatMap((pid) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13),
  )
  return ticks.reduce((sum, text) => sum + Number(text), 0) / 100
}

function librariesOf(program) {
  return [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/=> (\/\S+)/g)].map(
    ([, path]) => path,
  )
}
