import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readSource, sourceFiles } from './architecture.ts'
import { codesInPage, codesInSource } from './error-codes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const sources = sourceFiles(root)
  .filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.test\.ts$|\/testing\//.test(path))
  .map((path) => readSource(root, path))

test('every code of the source is on the page of errors', () => {
  const documented = codesInPage(page)
  const missing = new Set(sources.flatMap(codesInSource).filter((code) => !documented.includes(code)))
  expect([...missing]).toEqual([])
})

test('every code on the page is in the source, and stands there once', () => {
  const documented = codesInPage(page)
  expect(documented.filter((code) => !sources.some((text) => hasCode(text, code)))).toEqual([])
  expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([])
})

test('every row says what the code means, gives an example, and what to do', () => {
  const rows = page.split('\n').filter((line) => /^\| `/.test(line))
  for (const row of rows) expect(row.split(/(?<!\\) \| /), row).toHaveLength(4)
})

test('the rules can fail', () => {
  expect(codesInSource("new UserError('NO_SUCH_CODE', '')")).toEqual(['NO_SUCH_CODE'])
  expect(codesInSource("env['COMPOSE_FILE'] ?? 'NO_COLOR'")).toEqual([])
  expect(codesInPage('| `NO_CODE` | a |\ntext `OTHER_CODE`')).toEqual(['NO_CODE'])
})

/** Also those that are made of a name: `UNDEFINED_${kind}`. */
const hasCode = (text: string, code: string): boolean => {
  if (text.includes(`'${code}'`)) return true
  const [first = ''] = code.split('_')
  return text.includes(`\`${first}_\${`)
}
