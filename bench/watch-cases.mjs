import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const stack = `services:
  app:
    image: demo/busybox:1
    command: [sh, -c, 'mkdir -p /www; cat /conf/page > /www/index.html; exec httpd -f -p 8000 -h /www']
    stop_grace_period: 0s
    ports: ['127.0.0.1:18931:8000']
    develop:
      watch:
        - { path: src, target: /app, action: sync }
        - { path: conf, target: /conf, action: sync+restart, initial_sync: true }
`

/** In the container: waits until a file has a first line, or files together have a digest, and says so. */
const watcher = `while read kind name want; do
  case $kind in
    file) until { read -r line < /app/$name; [ "$line" = "$want" ]; } 2>/dev/null; do usleep 3000; done ;;
    tree)
      # First cheaply: reading everything again and again would compete with what is measured.
      until [ -e /app/$name/d49/f1999 ]; do usleep 20000; done
      until [ "$(cd /app/$name && find . -type f | sort | xargs cat | md5sum)" = "$want  -" ]; do :; done ;;
  esac
  echo "seen $want"
done`

const sides = new Map()
let count = 0
const next = (what) => {
  count += 1
  return `${what}-${count}`
}

const start = (side, args, cwd) =>
  spawn(...head([...side.enter, ...side.compose, ...args]), { cwd, env: { ...process.env, ...side.env } })
const head = ([command, ...rest]) => [command, rest]

const heard = (stream, text) =>
  new Promise((resolve, reject) => {
    stream.once('end', () => reject(new Error(`ended before it said "${text}": ${all}`)))
    let all = ''
    const hear = (chunk) => {
      all += chunk
      if (!all.includes(text)) return
      stream.off('data', hear)
      resolve()
    }
    stream.on('data', hear)
  })

const prepare = async (side, { work }) => {
  const dir = join(work, `watch-${side.name}`)
  mkdirSync(join(dir, 'src'), { recursive: true })
  mkdirSync(join(dir, 'conf'), { recursive: true })
  writeFileSync(join(dir, 'compose.yaml'), stack)
  writeFileSync(join(dir, 'src/first'), 'nothing\n')
  writeFileSync(join(dir, 'conf/page'), 'nothing')
  await side.run(['up', '-d'], { cwd: dir })
  const watch = start(side, ['watch', '--no-up'], dir)
  watch.stderr.pipe(process.stderr)
  await heard(watch.stdout, 'Watch enabled')
  const inside = start(side, ['exec', '-T', 'app', 'sh', '-c', watcher], dir)
  // A restart ends what `exec` runs.
  const closed = [watch, inside].map((child) => new Promise((resolve) => child.once('close', resolve)))
  inside.stdin.on('error', () => {})
  sides.set(side.name, { dir, watch, inside, closed })
  await pause(1000)
}

const finish = async (side) => {
  const { dir, watch, inside, closed } = sides.get(side.name)
  sides.delete(side.name)
  inside.stdin.end()
  watch.kill('SIGINT')
  await Promise.all(closed)
  await side.run(['down', '-v', '-t', '0'], { cwd: dir })
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const timed = async (work) => {
  const begin = process.hrtime.bigint()
  await work()
  return { wall: Number(process.hrtime.bigint() - begin) / 1e9 }
}

const oneFile = async (side) => {
  const state = sides.get(side.name)
  const token = next('token')
  state.inside.stdin.write(`file first ${token}\n`)
  await pause(300 + Math.random() * 700)
  return timed(async () => {
    const seen = heard(state.inside.stdout, `seen ${token}\n`)
    writeFileSync(join(state.dir, 'src/first'), `${token}\n`)
    await seen
  })
}

const manyFiles = async (side) => {
  const state = sides.get(side.name)
  const name = next('bulk')
  const files = Array.from({ length: 2000 }, (_, index) => [
    `./d${String(index % 50).padStart(2, '0')}/f${index}`,
    `${name} ${index} ${'x'.repeat(index % 977)}\n`,
  ]).sort(([a], [b]) => (a < b ? -1 : 1))
  const digest = createHash('md5')
    .update(files.map(([, text]) => text).join(''))
    .digest('hex')
  state.inside.stdin.write(`tree ${name} ${digest}\n`)
  await pause(500)
  const result = await timed(async () => {
    const seen = heard(state.inside.stdout, `seen ${digest}\n`)
    for (const [path, text] of files) {
      mkdirSync(join(state.dir, 'src', name, path, '..'), { recursive: true })
      writeFileSync(join(state.dir, 'src', name, path), text)
    }
    await seen
  })
  rmSync(join(state.dir, 'src', name), { recursive: true })
  await pause(3000)
  return result
}

/** What the server answers; nothing while it is away. */
const page = async () => {
  try {
    const answer = await fetch('http://127.0.0.1:18931/', {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(5000),
    })
    return await answer.text()
  } catch {
    return ''
  }
}

/** From the write of what a server serves to the first request that is answered with it. */
const hotRestart = async (side) => {
  const state = sides.get(side.name)
  const text = next('page')
  await pause(300 + Math.random() * 700)
  return timed(async () => {
    writeFileSync(join(state.dir, 'conf/page'), text)
    while ((await page()) !== text) await pause(3)
  })
}

/** CPU of everything but the machines over a while of quiet, in percent of a core. Ours only. */
const idle = async (side) => {
  const root = side.env.CONTAINER_COMPOSE_ROOT
  const own = () =>
    readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .map((pid) => [pid, read(`/proc/${pid}/cmdline`)])
      .filter(
        ([pid, line]) =>
          (line + read(`/proc/${pid}/environ`)).includes(root) && !line.includes('qemu-system'),
      )
      .filter(([pid]) => pid !== String(process.pid))
      .reduce((sum, [pid]) => sum + ticks(read(`/proc/${pid}/stat`)), 0)
  await pause(2000)
  const before = own()
  await pause(20_000)
  return { percent: (own() - before) / 20 }
}
const read = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
const ticks = (stat) => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}

/** Watching files: see cases.mjs. */
export const watchCases = {
  'watch-file': { prepare, run: oneFile, finish },
  'watch-2000': { prepare, run: manyFiles, finish },
  'watch-restart': { prepare, run: hotRestart, finish },
  'watch-idle': { prepare, run: idle, finish },
}
