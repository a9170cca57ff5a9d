import { expect, test } from 'vitest'
import { faultsOf, loadText } from './testing/load-text.ts'

const codes = async (text: string): Promise<string[]> =>
  (await faultsOf(loadText(text))).map(({ code }) => code)

test('aliases that multiply are refused', async () => {
  let text = 'x-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n'
  for (let level = 1; level < 10; level += 1)
    text += `x-${level}: &a${level} [${Array(10)
      .fill(`*a${level - 1}`)
      .join(', ')}]\n`
  expect(await codes(`${text}services: {a: {image: i}}\n`)).toEqual(['YAML_ALIASES'])
})

test('a mapping that merges or holds itself is refused', async () => {
  expect(await codes('services:\n  a: &a\n    image: i\n    <<: *a\n')).toEqual(['YAML_CYCLE'])
  expect(await codes('services:\n  a: &a\n    image: i\n    x-self: *a\n')).toEqual(['YAML_CYCLE'])
})

test('ten thousand levels of lists are refused, a hundred are read', async () => {
  const nested = (depth: number) => `x: ${'['.repeat(depth)}${']'.repeat(depth)}\nservices: {a: {image: i}}\n`
  expect(await codes(nested(20_000).replace('x:', 'x-a:'))).toEqual(['YAML_SYNTAX'])
  expect(await codes(nested(100).replace('x:', 'x-a:'))).toEqual([])
})

test('names that JavaScript knows are names like others', async () => {
  const text =
    'services:\n  __proto__: {image: i, labels: {constructor: x, __proto__: y}}\n  toString: {image: j, depends_on: [__proto__]}\n'
  const { project } = await loadText(text)
  expect(Object.keys(project.services)).toEqual(['__proto__', 'toString'])
  expect((await codes('services: {a: {image: i, depends_on: [constructor]}}'))[0]).toBe(
    'UNDEFINED_DEPENDENCY',
  )
})
