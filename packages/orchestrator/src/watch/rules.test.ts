import type { LoadedProject, Service } from '@container-compose/compose'
import { expect, test } from 'vitest'
import { concerns, looksInto, type Rule, watchRules } from './rules.ts'

const rulesOf = (service: Partial<Service>, files: Record<string, string> = {}) =>
  watchRules(
    {
      project: { services: { web: service } },
      locations: {
        of: (path: readonly unknown[]) => ({ file: 'compose.yaml', line: path.length, column: 1 }),
      },
    } as unknown as LoadedProject,
    ['web'],
    { readText: (path) => files[path], realPath: (path) => path.replace(/^\/link/, '/app') },
  )

const watched = (...watch: NonNullable<NonNullable<Service['develop']>['watch']>) => ({ develop: { watch } })

const only = (service: Partial<Service>, files?: Record<string, string>): Rule => {
  const [rule] = rulesOf(service, files).rules
  if (rule === undefined) throw new Error('no rule')
  return rule
}

test('a rule leaves out what its ignore says, what .dockerignore says, and what editors leave about', () => {
  const rule = only(
    {
      build: { context: '/app' },
      ...watched({ path: '/app/src', action: 'sync', target: '/srv/', ignore: ['gen/'] }),
    },
    { '/app/.dockerignore': '# comment\nsrc/*.log\n\n' },
  )
  expect(rule.target).toBe('/srv')
  const taken = ['a.ts', 'gen/x', 'x.log', 'deep/x.log', '.git/HEAD', 'a.ts~', '.a.ts.swp', '4913', '.idea/x']
  expect(taken.filter((name) => concerns(rule, `/app/src/${name}`))).toEqual(['a.ts', 'deep/x.log'])
  expect(concerns(rule, '/app/srcs/a.ts')).toBe(false)
})

test('what is reached by links is what they lead to, rules, contexts and bind mounts alike', () => {
  const watch = watched({ path: '/link/src', action: 'sync', target: '/srv' })
  const rule = only({ build: { context: '/link' }, ...watch }, { '/app/.dockerignore': 'src/x' })
  expect([rule.path, concerns(rule, '/app/src/x'), concerns(rule, '/app/src/y')]).toEqual([
    '/app/src',
    false,
    true,
  ])
  const volumes: Service['volumes'] = [{ type: 'bind', source: '/link', target: '/srv' }]
  expect(() => only({ volumes, ...watch })).toThrow('none of the selected services')
})

test("the Dockerfile's own ignore file comes before that of the context", () => {
  const service = {
    build: { context: '/app', dockerfile: 'dev.Dockerfile' },
    ...watched({ path: '/app', action: 'sync', target: '/srv' }),
  }
  const files = { '/app/.dockerignore': 'a', '/app/dev.Dockerfile.dockerignore': 'b' }
  const rule = only(service, files)
  expect([concerns(rule, '/app/a'), concerns(rule, '/app/b')]).toEqual([true, false])
})

test('include lets through only what it names, and directories are looked into all the same', () => {
  const rule = only(watched({ path: '/app', action: 'restart', include: ['**/*.ts'] }))
  expect([concerns(rule, '/app/x/a.ts'), concerns(rule, '/app/x/a.css')]).toEqual([true, false])
  expect([looksInto(rule, '/app/x'), looksInto(rule, '/'), looksInto(rule, '/other')]).toEqual([
    true,
    true,
    false,
  ])
})

test('rules that cannot be followed are refused with their place', () => {
  const refused = (service: Partial<Service>) => {
    try {
      rulesOf(service)
    } catch (error) {
      return error
    }
    return undefined
  }
  const at = [{ file: 'compose.yaml', line: 5, column: 1 }]
  expect(refused(watched({ path: '/app', action: 'rebuild' }))).toMatchObject({ code: 'WATCH_RULE', at })
  expect(refused(watched({ path: '/app', action: 'sync' }))).toMatchObject({ code: 'WATCH_RULE', at })
  expect(
    refused(watched({ path: '/app', action: 'sync+exec', target: '/x', exec: { command: null } })),
  ).toMatchObject({ code: 'WATCH_RULE', at })
  expect(refused(watched({ path: '/app', action: 'restart', ignore: ['a[b'] }))).toMatchObject({
    code: 'WATCH_RULE',
    message: 'syntax error in pattern "a[b"',
    at,
  })
  expect(refused({})).toMatchObject({ code: 'NOTHING_TO_WATCH' })
})

test('what is bind-mounted needs no copying, and the user is told', () => {
  const volumes: Service['volumes'] = [{ type: 'bind', source: '/app', target: '/srv' }]
  const { rules, warnings } = rulesOf({
    volumes,
    ...watched(
      { path: '/app/src', action: 'sync', target: '/srv/src' },
      { path: '/app/conf', action: 'restart' },
    ),
  })
  expect(rules.map(({ path }) => path)).toEqual(['/app/conf'])
  expect(warnings).toEqual([
    "path '/app/src' also declared by a bind mount volume, this path won't be monitored!\n",
  ])
})

test('x-develop.hot-restart makes a restart rule of each bind mount, unless there are rules', () => {
  const volumes: Service['volumes'] = [
    { type: 'bind', source: '/app', target: '/srv' },
    { type: 'volume', source: 'data', target: '/data' },
  ]
  const asked = { volumes, 'x-develop': { 'hot-restart': true } }
  expect(rulesOf(asked).rules).toMatchObject([{ action: 'restart', path: '/app' }])
  expect(
    rulesOf({ ...asked, ...watched({ path: '/conf', action: 'restart' }) }).rules.map(({ path }) => path),
  ).toEqual(['/conf'])
})
