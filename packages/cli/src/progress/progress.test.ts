import type { ComposeEvent } from '@container-compose/orchestrator'
import { expect, test } from 'vitest'
import type { Screen } from '../screen.ts'
import { openProgress } from './progress.ts'

const startedAt = Date.parse('2026-01-02T03:04:05Z')
const screen = (progress: Screen['progress'], errorColours = false): Screen => ({
  progress,
  colours: false,
  errorColours,
  columns: undefined,
  startedAt,
})

const show = async (on: Screen, events: readonly ComposeEvent[]): Promise<string> => {
  let shown = ''
  const write = (text: string): void => {
    shown += text
  }
  const progress = await openProgress({
    screen: on,
    write,
    now: () => startedAt + 2500,
    title: 'Running',
    terminalSize: () => ({ columns: 80, lines: 24 }),
  })
  for (const event of events) progress.emit(event)
  await progress.end()
  return shown
}

const events: readonly ComposeEvent[] = [
  { type: 'progress', id: 'Network demo_default', status: 'Creating', state: 'working' },
  { type: 'warning', message: 'Found "x"' },
  { type: 'progress', id: 'Network demo_default', status: 'Created', state: 'done' },
]

const pull: readonly ComposeEvent[] = [
  { type: 'progress', id: 'web', text: 'Pulling', state: 'working' },
  {
    type: 'progress',
    id: 'c2e9abe032ad',
    parent: 'web',
    text: 'Downloading',
    state: 'working',
    current: 19_970,
    total: 1_984_000,
    percent: 1,
  },
  { type: 'progress', id: 'c2e9abe032ad', parent: 'web', text: 'Pull complete', state: 'done', percent: 100 },
  { type: 'progress', id: 'web', text: 'Pulled', state: 'done' },
]

test('plain: one line for each event, two spaces where the text is empty', async () => {
  expect(await show(screen('plain'), events)).toBe(
    ' Network demo_default  Creating\n' +
      'time="2026-01-02T03:04:05Z" level=warning msg="Found \\"x\\""\n'.replace('05Z', '07Z') +
      ' Network demo_default  Created\n',
  )
})

test('plain: pulls end with a space, layers show how far they are', async () => {
  expect(await show(screen('plain'), pull)).toBe(
    ' web Pulling \n' +
      ` c2e9abe032ad Downloading [${' '.repeat(50)}]  19.97kB/1.984MB\n` +
      ' c2e9abe032ad Pull complete \n' +
      ' web Pulled \n',
  )
})

test('json: keys in order, empty ones left out', async () => {
  expect(await show(screen('json'), [...events, ...pull.slice(0, 2)])).toBe(
    '{"id":"Network demo_default","status":"Creating"}\n' +
      '{"level":"warning","msg":"Found \\"x\\"","time":"2026-01-02T03:04:07Z"}\n' +
      '{"id":"Network demo_default","status":"Created"}\n' +
      '{"id":"web","text":"Pulling"}\n' +
      '{"id":"c2e9abe032ad","parent_id":"web","text":"Downloading","current":19970,"total":1984000,"percent":1}\n',
  )
})

test('quiet: nothing but warnings', async () => {
  expect(await show(screen('quiet', true), events)).toBe('\x1b[33mWARN\x1b[0m[0002] Found "x" \n')
})
