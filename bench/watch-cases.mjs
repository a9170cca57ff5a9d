import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bigTreeCases } from './big-tree-cases.mjs'
import { idle } from './idle.mjs'
import { answered, finish, heard, next, pause, prepare, stateOf, timed } from './watch-stack.mjs'

/** From the write of a file of the host until a program in the container reads it. */
const fileSeen = (from, to) => async (side) => {
  const { dir, inside } = stateOf(side)
  const token = next('token')
  inside.stdin.write(`file ${to} ${token}\n`)
  await pause(300 + Math.random() * 700)
  return timed(async () => {
    const seen = heard(inside.stdout, new RegExp(`^seen ${token}$`))
    writeFileSync(join(dir, from), `${token}\n`)
    await seen
  })
}

const manyFiles = async (side) => {
  const { dir, inside } = stateOf(side)
  const name = next('bulk')
  const files = Array.from({ length: 2000 }, (_, index) => [
    `./d${String(index % 50).padStart(2, '0')}/f${index}`,
    `${name} ${index} ${'x'.repeat(index % 977)}\n`,
  ]).sort(([a], [b]) => (a < b ? -1 : 1))
  const digest = createHash('md5')
    .update(files.map(([, text]) => text).join(''))
    .digest('hex')
  inside.stdin.write(`tree /app/${name} ${digest}\n`)
  await pause(500)
  const whole = heard(inside.stdout, /^whole after \d+$/)
  const seen = await timed(async () => {
    const last = heard(inside.stdout, new RegExp(`^seen ${digest}$`))
    for (const [path, text] of files) {
      mkdirSync(join(dir, 'src', name, path, '..'), { recursive: true })
      writeFileSync(join(dir, 'src', name, path), text)
    }
    await last
  })
  if ((await whole) !== 'whole after 0')
    throw new Error(`${side.name}: files were seen before they were whole`)
  rmSync(join(dir, 'src', name), { recursive: true })
  await pause(3000)
  return seen
}

/** From the write of what a server serves to the first request that is answered with it. */
const hotRestart = async (side) => {
  const text = next('page')
  await pause(300 + Math.random() * 700)
  return timed(async () => {
    const answer = answered(side, text)
    writeFileSync(join(stateOf(side).dir, 'conf/page'), text)
    await answer
  })
}

/** The same by a container that is made anew: `up --force-recreate`, with what is served where it can be read. */
const recreate = async (side) => {
  const { dir } = stateOf(side)
  const text = next('anew')
  writeFileSync(
    join(dir, 'recreate.yaml'),
    `services:\n  app:\n    command: [sh, -c, 'mkdir -p /www; printf %s ${text} > /www/index.html; exec httpd -f -p 8000 -h /www']\n`,
  )
  await pause(300 + Math.random() * 700)
  return timed(async () => {
    const answer = answered(side, text)
    const files = ['-f', 'compose.yaml', '-f', 'recreate.yaml']
    await side.run([...files, 'up', '-d', '--force-recreate', 'app'], { cwd: dir })
    await answer
  })
}

/** Watching files: see cases.mjs. */
export const watchCases = {
  'watch-file': { prepare, run: fileSeen('src/first', '/app/first'), finish },
  'watch-2000': { prepare, run: manyFiles, finish },
  'mount-file': { prepare, run: fileSeen('mounted/first', '/mounted/first'), finish },
  'watch-restart': { prepare, run: hotRestart, finish },
  'watch-recreate': { prepare, run: recreate, finish },
  'watch-idle': { prepare, run: idle, finish },
  ...bigTreeCases,
}
