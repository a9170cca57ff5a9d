import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ended, pause, startWatch, timed } from './watch-stack.mjs'

const stack = `services:
  app:
    image: demo/busybox:1
    command: [sleep, '1000000']
    stop_grace_period: 0s
    develop:
      watch:
        - { path: ., target: /app, action: sync, ignore: [node_modules/] }
`

const fill = (dir, directories, files) => {
  for (let d = 0; d < directories; d += 1) {
    const path = join(dir, `p${d % 50}`, `d${d}`)
    mkdirSync(path, { recursive: true })
    for (let f = 0; f < files; f += 1) writeFileSync(join(path, `f${f}.ts`), `export const f${f} = ${d}\n`)
  }
}

const folder = (side, work) => join(work, `big-${side.name}`)

const prepare = async (side, { work }) => {
  const dir = folder(side, work)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'compose.yaml'), stack)
  fill(join(dir, 'src'), 2500, 20)
  fill(join(dir, 'node_modules'), 1000, 20)
  await side.run(['up', '-d'], { cwd: dir })
}

/** Until it watches 50,000 files in 2,500 directories, beside 20,000 that are ignored; and the memory that it has then. */
const open = async (side, { work }) => {
  let watch
  const { wall } = await timed(async () => {
    watch = await startWatch(side, folder(side, work))
  })
  await pause(3000)
  const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${watch.pid}/status`, 'utf8'))?.[1]
  const closed = ended(watch)
  watch.kill('SIGINT')
  await closed
  return { wall, megabytes: Number(resident) / 1024 }
}

const finish = async (side, { work }) => {
  await side.run(['down', '-v', '-t', '0'], { cwd: folder(side, work) })
  rmSync(folder(side, work), { recursive: true })
}

export const bigTreeCases = { 'watch-big': { prepare, run: open, finish } }
