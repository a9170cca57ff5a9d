import { expect, test } from 'vitest'
import { InvalidTemplate, MissingVariable, substitute } from './template.ts'

const variables: Record<string, string> = { A: 'aa', B: 'bb', EMPTY: '' }
const unset: string[] = []
const expand = (template: string): string => {
  unset.length = 0
  return substitute(
    template,
    (name) => variables[name],
    (name) => unset.push(name),
  )
}

test.each([
  ['no variables', 'no variables'],
  ['$A', 'aa'],
  ['${A}', 'aa'],
  ['$A-$B', 'aa-bb'],
  ['${A}${B}', 'aabb'],
  ['$$A', '$A'],
  ['$$$A', '$aa'],
  ['$', '$'],
  ['a$', 'a$'],
  ['$5', '$5'],
  ['$*', '$*'],
  ['${NONE:-x}', 'x'],
  ['${NONE-x}', 'x'],
  ['${EMPTY:-x}', 'x'],
  ['${EMPTY-x}', ''],
  ['${A:-x}', 'aa'],
  ['${A:+x}', 'x'],
  ['${EMPTY:+x}', ''],
  ['${EMPTY+x}', 'x'],
  ['${NONE+x}', ''],
  ['${A?needed}', 'aa'],
  ['${EMPTY?needed}', ''],
  ['${NONE:-${A}}', 'aa'],
  ['${NONE:-${NONE2:-$B}}', 'bb'],
  ['${NONE:-a}b${NONE:-c}', 'abc'],
  ['${NONE:-}', ''],
  ['${NONE:-a:b-c}', 'a:b-c'],
  ['${NONE:-$$x}', '$x'],
  ['{"a": "${A}"}', '{"a": "aa"}'],
])('%s becomes %s', (template, expected) => {
  expect(expand(template)).toBe(expected)
})

test('a variable that is not set is empty, and told of', () => {
  expect(expand('x${NONE}y$OTHER')).toBe('xy')
  expect(unset).toEqual(['NONE', 'OTHER'])
})

test('a default that is not needed is expanded nevertheless', () => {
  expect(expand('${A:-$NONE}')).toBe('aa')
  expect(unset).toEqual(['NONE'])
})

test.each(['${', '${}', '${A', '${A!b}', '${A/b/c}', '${1}', '${ A }', 'x ${A:-${B}'])(
  '%s is no template',
  (template) => {
    expect(() => expand(template)).toThrow(InvalidTemplate)
  },
)

test('a required variable that is not there is refused with the reason', () => {
  expect(() => expand('${NONE:?say it}')).toThrow(/^required variable NONE is missing a value: say it$/)
  expect(() => expand('${NONE?}')).toThrow(/^required variable NONE is missing a value$/)
  expect(() => expand('${EMPTY:?$A}')).toThrow(MissingVariable)
})

test('defaults nested without end are refused in time', () => {
  const deep = `${'${X:-'.repeat(5000)}y${'}'.repeat(5000)}`
  expect(() => expand(deep)).toThrow(InvalidTemplate)
})
