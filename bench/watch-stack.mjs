import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A small server whose files are watched, with a directory that is mounted too. */
const stack = `services:
  app:
    image: demo/busybox:1
    command: [sh, -c, 'mkdir -p /www; cat /conf/page > /www/index.html; exec httpd -f -p 8000 -h /www']
    stop_grace_period: 0s
    ports: ['127.0.0.1:18931:8000']
    volumes: ['./mounted:/mounted']
    develop:
      watch:
        - { path: src, target: /app, action: sync }
        - { path: conf, target: /conf, action: sync+restart, initial_sync: true }
`

/**
 * In the container: waits until a file has a first line, or 2,000 files of 50 directories are there, and says so. Looking costs
 * time, which an emulated machine has less of: the last file by name is waited for before all are counted, contents are compared
 * when the time has been taken (a difference would be told), and the shell waits by itself, without a program for each wait.
 */
const watcher = `while read kind name want; do
  case $kind in
    file) until { read -r line < $name; [ "$line" = "$want" ]; } 2>/dev/null; do read -t 0.003 pause; done; echo "seen $want" ;;
    tree)
      until [ -s $name/d49/f999 ]; do read -t 0.02 pause; done
      until set -- $name/*/*; [ $# = 2000 ]; do read -t 0.02 pause; done
      echo "seen $want"
      tries=0
      until [ "$(cd $name && find . -type f | sort | xargs cat | md5sum)" = "$want  -" ]; do
        tries=$((tries + 1)); read -t 0.02 pause
      done
      echo "whole after $tries" ;;
  esac
done`

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

let count = 0
/** A word that was not said before. */
export const next = (what) => {
  count += 1
  return `${what}-${count}`
}

export const timed = async (work) => {
  const begin = process.hrtime.bigint()
  await work()
  return { wall: Number(process.hrtime.bigint() - begin) / 1e9 }
}

/** What a stream says until a line fits. */
export const heard = (stream, fits) =>
  new Promise((resolve, reject) => {
    let all = ''
    const end = () => reject(new Error(`ended without ${fits}: ${all}`))
    const hear = (chunk) => {
      all += chunk
      const line = all.split('\n').find((each) => fits.test(each))
      if (line === undefined) return
      stream.off('data', hear)
      stream.off('end', end)
      resolve(line)
    }
    stream.once('end', end)
    stream.on('data', hear)
  })

const within = (side, [command, ...args], options) => {
  const [first, ...rest] = [...side.enter, command, ...args]
  return spawn(first, rest, { ...options, env: { ...process.env, ...side.env } })
}

const states = new Map()
export const stateOf = (side) => states.get(side.name)

/** `watch` of a side, which has said that it watches. */
export const startWatch = async (side, dir) => {
  const watch = within(side, [...side.compose, 'watch', '--no-up'], { cwd: dir })
  watch.stderr.pipe(process.stderr)
  await heard(watch.stdout, /Watch enabled/)
  return watch
}

export const ended = (child) => new Promise((resolve) => child.once('close', resolve))

export const prepare = async (side, { work }) => {
  const dir = join(work, `watch-${side.name}`)
  for (const name of ['src', 'conf', 'mounted']) mkdirSync(join(dir, name), { recursive: true })
  writeFileSync(join(dir, 'compose.yaml'), stack)
  writeFileSync(join(dir, 'src/first'), 'nothing\n')
  writeFileSync(join(dir, 'mounted/first'), 'nothing\n')
  writeFileSync(join(dir, 'conf/page'), 'nothing')
  await side.run(['up', '-d'], { cwd: dir })
  const watch = await startWatch(side, dir)
  // The rule with initial_sync may restart the service, which ends what \`exec\` runs.
  await pause(3000)
  const inside = within(side, [...side.compose, 'exec', '-T', 'app', 'sh', '-c', watcher], { cwd: dir })
  const asking = within(side, [process.execPath, poller], { cwd: dir })
  const closed = [watch, inside, asking].map(ended)
  inside.stdin.on('error', () => {})
  states.set(side.name, { dir, watch, inside, asking, closed })
  await pause(1000)
}

export const finish = async (side) => {
  const { dir, watch, inside, asking, closed } = stateOf(side)
  states.delete(side.name)
  inside.stdin.end()
  asking.stdin.end()
  watch.kill('SIGINT')
  await Promise.all(closed)
  await side.run(['down', '-v', '-t', '0'], { cwd: dir })
}

/** Asks the server from where its port is published, again and again, until it answers with the text. */
const poller = fileURLToPath(new URL('poll-page.mjs', import.meta.url))
export const answered = (side, text) => {
  const { asking } = stateOf(side)
  const answer = heard(asking.stdout, new RegExp(`^answered ${text}$`))
  asking.stdin.write(`http://127.0.0.1:18931/ ${text}\n`)
  return answer
}
