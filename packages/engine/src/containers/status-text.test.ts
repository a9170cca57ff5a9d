import { expect, test } from 'vitest'
import type { ContainerState } from './model.ts'
import { statusText } from './status-text.ts'

const state = (change: Partial<ContainerState>): ContainerState => ({
  ...{ status: 'running', run: 1, pid: 1, exitCode: 0, oomKilled: false, error: '' },
  ...{ startedAt: 1000, finishedAt: 0, restartCount: 0, stoppedByUser: false, published: [] },
  ...change,
})
const health = (status: 'starting' | 'healthy' | 'unhealthy') => ({ status, failingStreak: 0, log: [] })

test.each([
  ['Up 3 seconds', state({})],
  ['Up 3 seconds (healthy)', state({ health: health('healthy') })],
  ['Up 3 seconds (health: starting)', state({ health: health('starting') })],
  ['Up 3 seconds (Paused)', state({ status: 'paused' })],
  ['Created', state({ status: 'created', startedAt: 0 })],
  ['Created', state({ status: 'starting', startedAt: 0 })],
  [
    'Restarting (1) 2 seconds ago',
    state({ status: 'starting', restartCount: 1, exitCode: 1, finishedAt: 2000 }),
  ],
  ['Exited (137) 2 seconds ago', state({ status: 'exited', exitCode: 137, finishedAt: 2000 })],
  ['Restarting (1) 2 seconds ago', state({ status: 'restarting', exitCode: 1, finishedAt: 2000 })],
])('%s', (text, given) => {
  expect(statusText(given, 4000)).toBe(text)
})
