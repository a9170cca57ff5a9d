import { expect, test } from 'vitest'
import { ignorePatterns, parseIgnoreFile } from './ignore-patterns.ts'

const ignored = (file: string, ...paths: string[]): string[] => {
  const { ignores } = ignorePatterns(parseIgnoreFile(file))
  return paths.filter(ignores)
}

test('a pattern leaves out the path and everything below it, but not others that begin so', () => {
  expect(ignored('tmp\nlog/x', 'tmp', 'tmp/a/b', 'tmpfile', 'a/tmp', 'log/x/y', 'log')).toEqual([
    'tmp',
    'tmp/a/b',
    'log/x/y',
  ])
})

test('a star stays in its directory, two stars do not', () => {
  expect(ignored('*.md', 'a.md', 'b/a.md')).toEqual(['a.md'])
  expect(ignored('**/*.md', 'a.md', 'b/a.md', 'b/c/a.md', 'a.mdx')).toEqual(['a.md', 'b/a.md', 'b/c/a.md'])
  expect(ignored('a/**', 'a/b', 'a/b/c', 'ab', 'a')).toEqual(['a/b', 'a/b/c'])
  expect(ignored('a/**/z', 'a/z', 'a/b/c/z', 'az')).toEqual(['a/z', 'a/b/c/z'])
  expect(ignored('?.js', 'a.js', 'ab.js', '.js')).toEqual(['a.js'])
  expect(ignored('[a-c].js\n[^x]y', 'b.js', 'd.js', 'ay', 'xy')).toEqual(['b.js', 'ay'])
})

test('the last pattern that fits decides', () => {
  expect(ignored('*.md\n!README.md', 'a.md', 'README.md')).toEqual(['a.md'])
  expect(ignored('!README.md\n*.md', 'a.md', 'README.md')).toEqual(['a.md', 'README.md'])
  expect(ignored('docs\n!docs/keep', 'docs', 'docs/a', 'docs/keep', 'docs/keep/all')).toEqual([
    'docs',
    'docs/a',
  ])
})

test('comments, blank lines, spaces, and slashes at the ends say nothing', () => {
  expect(ignored('\uFEFF# note\n\n  /tmp/ \n./log/../gone\n', 'tmp', 'gone', 'log', '# note')).toEqual([
    'tmp',
    'gone',
  ])
  // A hash is a comment only where the line begins with it, as in the reference.
  expect(ignored(' #kept', '#kept')).toEqual(['#kept'])
})

test('characters of regular expressions are only themselves', () => {
  expect(ignored('a.b+c(d)$', 'a.b+c(d)$', 'axb+c(d)$')).toEqual(['a.b+c(d)$'])
  expect(ignored('a\\*', 'a*', 'ab')).toEqual(['a*'])
})

test('a directory is looked into only where an exception may be below it', () => {
  const below = (file: string, directory: string) =>
    ignorePatterns(parseIgnoreFile(file)).ignoresAllBelow(directory)
  expect(below('node_modules', 'node_modules')).toBe(true)
  expect(below('node_modules', 'src')).toBe(false)
  expect(below('*\n!src/keep', 'src')).toBe(false)
  expect(below('*\n!src/keep', 'docs')).toBe(true)
  expect(below('*\n!**/*.go', 'docs')).toBe(false)
  expect(below('*\n!src/**/*.go', 'docs')).toBe(true)
  expect(below('*\n!src/**/*.go', 'src/deep')).toBe(false)
})

test('a pattern that is none is named', () => {
  expect(() => ignorePatterns(['a[b'])).toThrow('syntax error in pattern "a[b"')
  expect(() => ignorePatterns(['a\\'])).toThrow('syntax error in pattern')
  expect(() => ignorePatterns(['!'])).toThrow('illegal exclusion pattern: "!"')
})
