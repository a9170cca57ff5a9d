import { expect, test } from 'vitest'
import { pathPattern } from './path-pattern.ts'

test.each([
  ['a/*.md', 'a/x.md', true],
  ['a/*.md', 'a/b/x.md', false],
  ['**/x', 'x', true],
  ['**/x', 'a/b/x', true],
  ['**/x', 'ax', false],
  ['a**b', 'a/b', true],
  ['a**b', 'a/x/b', true],
  ['a**b', 'axb', false],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['a/**/z', 'a/z', true],
  ['[a-c]?', 'bx', true],
  ['[^a]', 'a', false],
  ['[^a]', '/', false],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['a.b', 'axb', false],
])('%s on %s: %s', (pattern, path, expected) => {
  expect(pathPattern(pattern)(path)).toBe(expected)
})

test('many wildcards on a long path take no longer than few', () => {
  const deep = 'a/'.repeat(2000)
  expect(pathPattern(`${'**/'.repeat(500)}x`)(`${deep}x`)).toBe(true)
  expect(pathPattern(`${'**/'.repeat(500)}x`)(`${deep}xy`)).toBe(false)
  expect(pathPattern(`${'*a'.repeat(500)}x`)(`${'a'.repeat(4000)}y`)).toBe(false)
  expect(pathPattern(`${'***/'.repeat(500)}x`)(`${deep}xy`)).toBe(false)
})
