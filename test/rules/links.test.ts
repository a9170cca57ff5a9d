import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
)

/** Links to files and headings of ours that lead nowhere. */
const deadLinks = (path: string, text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [file = '', heading] = target.split('#')
      const page = file === '' ? path : join(dirname(path), file)
      if (!existsSync(join(root, page))) return true
      return heading !== undefined && !anchors(readFileSync(join(root, page), 'utf8')).includes(heading)
    })
    .map((target) => `${path}: ${target}`)

const anchors = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  )

test('every link between our pages leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(4)
  expect(pages.flatMap((path) => deadLinks(path, readFileSync(join(root, path), 'utf8')))).toEqual([])
})

test('every page of docs is linked from the README', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  expect(pages.filter((path) => path !== 'README.md' && !readme.includes(`(${path})`))).toEqual([])
})

test('the rule can fail', () => {
  expect(
    deadLinks('README.md', '[a](docs/nope.md) [b](docs/errors.md#nope) [c](docs/errors.md#engine)'),
  ).toEqual(['README.md: docs/nope.md', 'README.md: docs/errors.md#nope'])
})
