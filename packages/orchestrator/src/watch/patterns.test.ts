import { expect, test } from 'vitest'
import { Patterns } from './patterns.ts'

const matches = (lines: string[], path: string, root = '/app'): boolean =>
  new Patterns(root, lines).matches(path)

test.each([
  [['*.md'], '/app/README.md', true],
  [['*.md'], '/app/docs/README.md', false],
  [['**/*.md'], '/app/docs/README.md', true],
  [['**/*.md'], '/app/README.md', true],
  [['docs'], '/app/docs/a/b', true],
  [['docs/'], '/app/docs/a', true],
  [['/docs'], '/app/docs/a', true],
  [['./docs/../lib'], '/app/lib/x', true],
  [['node_modules'], '/app/sub/node_modules/x', false],
  [['**/node_modules'], '/app/sub/node_modules/x', true],
  [['a?c'], '/app/abc', true],
  [['a?c'], '/app/a/c', false],
  [['[a-c]x'], '/app/bx', true],
  [['[^a-c]x'], '/app/bx', false],
  [['a\\*'], '/app/a*', true],
  [['a\\*'], '/app/ab', false],
  [['a.b'], '/app/axb', false],
  [['src/**'], '/app/src/x/y', true],
  [['src/**/z'], '/app/src/z', true],
  [['*', '!keep'], '/app/keep', false],
  [['*', '!keep'], '/app/other', true],
  [['!keep', '*'], '/app/keep', true],
  [['dir', '!dir/kept'], '/app/dir/kept', false],
  [['/app/docs'], '/app/docs/a', true],
  [['/app/*', '!/app/docs'], '/app/docs/a', false],
  [['**cache'], '/app/mycache', false],
  [['**cache'], '/app/a/cache', true],
  [['*.md'], '/elsewhere/x.md', false],
])('%j on %s: %s', (lines, path, expected) => {
  expect(matches(lines, path)).toBe(expected)
})

test('a pattern that is none is named', () => {
  expect(() => new Patterns('/app', ['a[b'])).toThrow('syntax error in pattern "a[b"')
})

test('a directory needs no look only while nothing below it can be taken back', () => {
  expect(new Patterns('/app', ['node_modules']).covers('/app/node_modules')).toBe(true)
  expect(new Patterns('/app', ['node_modules']).covers('/app/src')).toBe(false)
  expect(new Patterns('/app', ['dir', '!dir/kept']).covers('/app/dir')).toBe(false)
  expect(new Patterns('/app', ['dir', '!other/kept']).covers('/app/dir')).toBe(true)
  expect(new Patterns('/app', ['*', '!kept']).covers('/app')).toBe(false)
  expect(new Patterns('/app', ['**', '!**/*.ts']).covers('/app/deep')).toBe(false)
})
