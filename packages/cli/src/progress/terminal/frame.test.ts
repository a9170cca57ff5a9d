import type { ProgressEvent } from '@container-compose/orchestrator'
import { expect, test } from 'vitest'
import { type Canvas, renderFrame } from './frame.ts'
import { Row } from './row.ts'

const canvas: Canvas = { columns: 60, lines: 24, colours: false, tick: 0 }
let now = 0
const row = (id: string, ...events: readonly Partial<ProgressEvent>[]): Row => {
  now = 0
  const made = new Row(id, 2, () => now)
  for (const event of events) made.move({ type: 'progress', id, state: 'working', ...event })
  now = 1500
  return made
}
const lines = (...rows: Row[]) => renderFrame('Running', rows, canvas)

test('rows have their names, statuses and times below each other, whether they have begun or not', () => {
  const created = row('Network shop_default', { status: 'Creating' }, { status: 'Created', state: 'done' })
  created.settle()
  now = 2500
  expect(
    lines(created, row('Container shop-web-1', { status: 'Starting' }), row('Container shop-db-1')).map(
      (line) => line.trimEnd(),
    ),
  ).toEqual([
    '[+] Running 1/3',
    ' ✔ Network shop_default  Created                       1.5s',
    ' ⠋ Container shop-web-1  Starting                      1.5s',
    ' · Container shop-db-1',
  ])
})

test('a row that is created and not started yet is not done', () => {
  const web = row('Container shop-web-1', { status: 'Created', state: 'done' })
  expect(lines(web)[0]).toBe('[+] Running 0/1')
  web.move({ type: 'progress', id: web.id, status: 'Started', state: 'done' })
  expect(lines(web)[0]).toBe('[+] Running 1/1')
})

test('the last frame shows what failed and what was cut off, and nothing of what never began', () => {
  const failed = row('Container a', { status: 'no such image:\n b:1', state: 'error' })
  const cut = row('Container b', { status: 'Waiting' })
  const never = row('Container c')
  for (const each of [failed, cut, never]) each.settle()
  expect(lines(failed, cut, never).map((line) => line.trimEnd())).toEqual([
    '[+] Running 0/2',
    ' ✘ Container a  no such image:  b:1                    0.0s',
    ' ! Container b  Waiting                                1.5s',
  ])
})

test('a status that does not fit ends in dots, and no line is wider than the terminal', () => {
  const shown = renderFrame('Running', [row('web', { status: 'x'.repeat(200) })], canvas)
  expect(shown[1]).toMatch(/^ ⠋ web {2}x+\.\.\. +1\.5s $/)
  for (const columns of [10, 40, 60, 100])
    for (const line of renderFrame('Running', [row('web', { status: 'x'.repeat(200) })], {
      ...canvas,
      columns,
    }).slice(1))
      expect(line.length).toBeLessThanOrEqual(Math.max(columns, 16))
})

test('what does not fit the screen is left out, what is done first', () => {
  const done = Array.from({ length: 9 }, (_, n) => row(`done${n}`, { status: 'Created', state: 'done' }))
  for (const each of done) each.settle()
  const shown = renderFrame('Running', [...done, row('busy', { status: 'Starting' })], {
    ...canvas,
    lines: 6,
  })
  expect(shown).toHaveLength(5)
  expect(shown[0]).toBe('[+] Running 9/10')
  expect(shown.at(-1)).toContain('busy')
})

test('a pull shows how full its layers are, and each of them as long as there is room', () => {
  const web = row('web', { text: 'Pulling' })
  const layer = (id: string, more: Partial<ProgressEvent>) =>
    web.moveLayer({ type: 'progress', id, parent: 'web', state: 'working', text: 'Downloading', ...more })
  layer('c2e9abe032ad', { current: 500_000, total: 1_000_000, percent: 50 })
  layer('d3e9abe032ad', { text: 'Pull complete', state: 'done', percent: 100 })
  expect(lines(web).map((line) => line.trimEnd())).toEqual([
    '[+] Running 0/1',
    ' ⠋ web  Pulling [⣤⣿] 500kB / 1MB                       1.5s',
    '   ⠋ c2e9abe032ad  Downloading [=========>          ]  50...',
    '   ✔ d3e9abe032ad  Pull complete',
  ])
  expect(renderFrame('Running', [web], { ...canvas, lines: 4 })).toHaveLength(2)
})
