import { expect, test } from 'vitest'
import { Debts, deltaOf } from './debts.ts'
import { Patterns } from './patterns.ts'
import { planChanges } from './plan-changes.ts'
import type { Rule } from './rules.ts'

const rule = (change: Partial<Rule>): Rule => ({
  service: 'web',
  action: 'sync',
  path: '/src',
  target: '/app',
  exec: undefined,
  initialSync: false,
  ignore: [],
  include: new Patterns('/src', []),
  ...change,
})

const written = (path: string) => ({ path, kind: 'written' as const })

test('every rule that fits counts, for each service apart', () => {
  const hook = { command: ['reload'] }
  const rules = [
    rule({}),
    rule({ action: 'restart', path: '/src/conf', target: '' }),
    rule({ service: 'worker', action: 'sync+exec', target: '/srv', exec: hook }),
    rule({ service: 'api', action: 'rebuild', path: '/other' }),
  ]
  expect(planChanges(rules, [written('/src/a'), written('/src/conf/b')])).toEqual(
    new Map([
      [
        'web',
        {
          copies: [
            { from: '/src/a', to: '/app/a', replaces: false },
            { from: '/src/conf/b', to: '/app/conf/b', replaces: false },
          ],
          rebuild: false,
          restart: true,
          hooks: [],
        },
      ],
      [
        'worker',
        {
          copies: [
            { from: '/src/a', to: '/srv/a', replaces: false },
            { from: '/src/conf/b', to: '/srv/conf/b', replaces: false },
          ],
          rebuild: false,
          restart: false,
          hooks: [hook],
        },
      ],
    ]),
  )
})

test('a rule about one file copies it onto the target itself', () => {
  const plan = planChanges([rule({ path: '/src/a', target: '/etc/a.conf' })], [written('/src/a')])
  expect(plan.get('web')?.copies).toEqual([{ from: '/src/a', to: '/etc/a.conf', replaces: false }])
})

test('a delta is the present state of the paths: removals first, none below another, parents before their contents', () => {
  const debts = new Debts()
  const copy = (name: string, replaces = false) => ({ from: `/src/${name}`, to: `/app/${name}`, replaces })
  debts.add([copy('b/c'), copy('b'), copy('gone'), copy('gone/x'), copy('was-dir', true), copy('a')])
  // A later change of the same path does not forget that something else was there.
  debts.add([copy('was-dir')])
  const exists = (path: string) => !path.startsWith('/src/gone')
  expect(deltaOf(debts.take(), exists)).toEqual({
    removals: ['/app/gone', '/app/was-dir'],
    writes: ['a', 'b', 'b/c', 'was-dir'].map((name) => ({ from: `/src/${name}`, to: `/app/${name}` })),
  })
  expect(debts.take()).toEqual([])
})

test("a container's root is never removed", () => {
  const gone = [
    { from: '/src', to: '/', replaces: true },
    { from: '/src/a', to: '/a', replaces: true },
  ]
  expect(deltaOf(gone, () => false)).toEqual({ removals: ['/a'], writes: [] })
})
