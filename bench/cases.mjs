import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { firstOutput } from './first-output.mjs'
import { watchCases } from './watch-cases.mjs'

const hello =
  'services:\n  hello:\n    image: demo/busybox:1\n    command: [sleep, "1000000"]\n    stop_grace_period: 1s\n    init: true\n'
const logs = 'services:\n  writer:\n    image: demo/busybox:1\n    command: [seq, "1", "100000"]\n'
/** A file of many services, each with a few attributes. */
export const largeProject = (count) =>
  `services:\n${Array.from({ length: count }, (_, i) => `  s${i}:\n    image: demo/busybox:1\n    command: [sleep, "${i}"]\n    environment: { A: "${i}", B: x }\n    ports: ["${10_000 + i}:80"]\n    labels: { l: "${i}" }\n${i > 0 ? `    depends_on: [s${i - 1}]\n` : ''}`).join('')}`

const project = (work, name, text) => {
  const dir = join(work, name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'compose.yaml'), text)
  return dir
}

const timed = async (side, args, cwd) => {
  const { wall, cpu } = await side.run(args, { cwd })
  return { wall, cpu }
}

const create = async (side, name) => {
  const spec = { Image: 'demo/busybox:1', Cmd: ['sleep', '1000000'], HostConfig: { Init: true } }
  return (await side.call('POST', `/containers/create?name=${name}`, spec)).body.Id
}
const remove = (side, id) => side.call('DELETE', `/containers/${id}?force=1&v=1`)

/** Each case: `prepare` once for a side, `run` once per run, resolving with its figures; `finish` once. */
export const cases = {
  ...watchCases,
  version: { run: (side, { work }) => timed(side, ['version'], work) },
  'config-1': { run: (side, { work }) => timed(side, ['config', '-q'], project(work, 'hello', hello)) },
  'config-1000': {
    run: (side, { work }) => timed(side, ['config'], project(work, 'large', largeProject(1000))),
  },
  up: {
    run: async (side, { work }) => {
      const dir = project(work, 'hello', hello)
      const figures = await timed(side, ['up', '-d'], dir)
      await side.run(['down', '-v'], { cwd: dir })
      return figures
    },
  },
  'up-spare': {
    run: async (side, { work, root }) => {
      const dir = project(work, 'hello', hello)
      await side.run(['create'], { cwd: dir })
      if (root !== undefined) await spareStands(root)
      await side.run(['down', '-v'], { cwd: dir })
      const figures = await timed(side, ['up', '-d'], dir)
      await side.run(['down', '-v'], { cwd: dir })
      return figures
    },
  },
  ...Object.fromEntries(
    [
      ['up-again', ['up', '-d']],
      ['ps', ['ps']],
      ['exec', ['exec', '-T', 'hello', 'true']],
      ['restart', ['restart']],
    ].map(([name, args]) => [
      name,
      {
        prepare: (side, { work }) => side.run(['up', '-d'], { cwd: project(work, 'hello', hello) }),
        run: (side, { work }) => timed(side, args, join(work, 'hello')),
        finish: (side, { work }) => side.run(['down', '-v'], { cwd: join(work, 'hello') }),
      },
    ]),
  ),
  down: {
    run: async (side, { work }) => {
      const dir = project(work, 'hello', hello)
      await side.run(['up', '-d'], { cwd: dir })
      return timed(side, ['down', '-v'], dir)
    },
  },
  logs: {
    prepare: async (side, { work }) => {
      await side.run(['up', '-d'], { cwd: project(work, 'logs', logs) })
      const { body } = await side.call('GET', '/containers/json?all=1&filters={"name":["logs-writer-1"]}')
      await side.call('POST', `/containers/${body[0].Id}/wait`)
    },
    run: async (side, { work }) => {
      const { wall, cpu, stdout } = await side.run(['logs', '--no-color'], {
        cwd: join(work, 'logs'),
        output: true,
      })
      if (stdout.trimEnd().split('\n').length !== 100_000) throw new Error(`${side.name}: lines are missing`)
      return { wall, cpu }
    },
    finish: (side, { work }) => side.run(['down', '-v'], { cwd: join(work, 'logs') }),
  },
  start: {
    run: async (side, { number }) => {
      const id = await create(side, `bench-start-${number}`)
      const { seconds } = await side.call('POST', `/containers/${id}/start`)
      await remove(side, id)
      return { wall: seconds }
    },
  },
  // Of the other side a plain start, after the same pause.
  'start-spare': {
    run: async (side, { number, root }) => {
      const id = await create(side, `bench-spare-${number}`)
      if (root !== undefined) await spareStands(root)
      const { seconds } = await side.call('POST', `/containers/${id}/start`)
      await remove(side, id)
      return { wall: seconds }
    },
  },
  'first-output': {
    run: (side, { number }) => firstOutput(side, { name: `bench-first-${number}`, ready: async () => {} }),
  },
  'first-output-spare': {
    run: (side, { number, root }) => {
      const ready = async () => root !== undefined && (await spareStands(root))
      return firstOutput(side, { name: `bench-first-spare-${number}`, ready })
    },
  },
  'start-ten': {
    run: async (side, { number }) => {
      const ids = await Promise.all(
        Array.from({ length: 10 }, (_, i) => create(side, `bench-ten-${number}-${i}`)),
      )
      const start = process.hrtime.bigint()
      await Promise.all(ids.map((id) => side.call('POST', `/containers/${id}/start`)))
      const wall = Number(process.hrtime.bigint() - start) / 1e9
      await Promise.all(ids.map((id) => remove(side, id)))
      return { wall }
    },
  },
  'idle-pss': {
    run: async (side, { number }) => {
      const ids = await Promise.all(
        Array.from({ length: 10 }, (_, i) => create(side, `bench-idle-${number}-${i}`)),
      )
      await Promise.all(ids.map((id) => side.call('POST', `/containers/${id}/start`)))
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      const machines = readdirSync('/proc').filter(
        (pid) => /^\d+$/.test(pid) && commandOf(pid).includes('qemu-system'),
      )
      const pss = machines.map(pssOf)
      await Promise.all(ids.map((id) => remove(side, id)))
      return { megabytes: pss.reduce((sum, value) => sum + value, 0) / Math.max(pss.length, 1) }
    },
  },
}

/** Waits until a warm spare has been made and its guest stands still. */
const spareStands = async (root) => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const [folder] = readdirSync(join(root, 'run')).filter((name) => name.startsWith('spare-'))
    const pidFile = join(root, 'run', folder ?? '', 'pid')
    if (folder === undefined || !existsSync(pidFile)) continue
    const pid = readFileSync(pidFile, 'utf8').trim()
    const cpu = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).join()
    const before = cpu()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    if (before === cpu()) return
  }
}

const commandOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
const pssOf = (pid) =>
  Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
