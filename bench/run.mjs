#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { cases } from './cases.mjs'
import { Side } from './side.mjs'
import { median, summary, table } from './statistics.mjs'

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '8' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    spare: { type: 'boolean', default: false },
    'other-name': { type: 'string', default: 'docker' },
    'other-compose': { type: 'string' },
    'other-host': { type: 'string' },
    'other-enter': { type: 'string', default: '' },
  },
})

const repository = fileURLToPath(new URL('..', import.meta.url))
const bundle = join(repository, 'packages/cli/dist/container-compose.mjs')
const root = process.env.CONTAINER_COMPOSE_ROOT ?? '/var/tmp/container-compose-bench'
const cache = process.env.CONTAINER_COMPOSE_CACHE ?? join(repository, '.cache/engine')
const words = (text) => text.split(' ').filter((word) => word !== '')

const ours = new Side({
  name: 'container-compose',
  compose: [process.execPath, bundle],
  socket: join(root, 'run/engine.sock'),
  // It would take the processors between the runs of other cases.
  env: {
    CONTAINER_COMPOSE_ROOT: root,
    CONTAINER_COMPOSE_CACHE: cache,
    CONTAINER_COMPOSE_WARM_SPARE: options.spare ? 'on' : 'off',
  },
})
const sides = [ours]
if (options['other-compose'] !== undefined) {
  sides.push(
    new Side({
      name: options['other-name'],
      compose: words(options['other-compose']),
      socket: (options['other-host'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, ''),
      enter: words(options['other-enter']),
      env: options['other-host'] === undefined ? {} : { DOCKER_HOST: options['other-host'] },
    }),
  )
}

await ours.run(['engine', 'start'])
const load = new Side({
  ...ours,
  compose: [process.execPath, join(repository, 'scripts/load-images.mjs'), ours.socket],
})
await load.run([join(repository, '.cache/images/busybox.tar')])

const work = mkdtempSync(join(tmpdir(), 'bench-'))
const usual = Object.keys(cases).filter((name) => options.spare === name.endsWith('-spare'))
const chosen = options.only?.split(',') ?? usual
const unknown = chosen.filter((name) => !Object.hasOwn(cases, name))
if (unknown.length > 0) {
  console.error(`no such case: ${unknown.join(', ')}; there are ${Object.keys(cases).join(', ')}`)
  process.exit(1)
}
const figures = {}
for (const name of chosen) {
  const { prepare, run, finish } = cases[name]
  const able = sides.filter((side) => side === ours || name !== 'idle-pss')
  for (const side of able) await prepare?.(side, { work })
  for (let number = 0; number <= Number(options.runs); number++) {
    for (const side of able) {
      const result = await run(side, { work, number, ...(side === ours ? { root } : {}) })
      if (number === 0) continue
      for (const [figure, value] of Object.entries(result)) {
        const key = `${name} ${figure}`
        figures[key] ??= {}
        figures[key][side.name] ??= []
        figures[key][side.name].push(value)
      }
    }
  }
  for (const side of able) await finish?.(side, { work })
  process.stderr.write(`${name} done\n`)
}
rmSync(work, { recursive: true })

if (options.json) console.log(JSON.stringify(figures, null, 2))
else {
  const rows = Object.entries(figures).map(([name, bySide]) => {
    const medians = sides.map((side) =>
      bySide[side.name] === undefined ? undefined : median(bySide[side.name]),
    )
    const ratio =
      medians.length === 2 && medians.every((value) => value !== undefined)
        ? (medians[0] / medians[1]).toFixed(2)
        : ''
    return [name, ...sides.map((side) => summary(bySide[side.name] ?? [])), ratio]
  })
  console.log(table(['what (s, MB)', ...sides.map((side) => side.name), 'ratio'], rows))
}
