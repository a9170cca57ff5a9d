import { expect, test } from 'vitest'
import { DotenvError, parseDotenv } from './dotenv.ts'

const read = (text: string, known: Record<string, string> = {}): Record<string, string> => {
  const variables = new Map<string, string>()
  parseDotenv(text, variables, { lookup: (name) => known[name], onUnset: () => {} })
  return Object.fromEntries(variables)
}

test.each<[string, Record<string, string>]>([
  ['A=1', { A: '1' }],
  ['A=1\nB=2\n', { A: '1', B: '2' }],
  ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
  ['\ufeffA=1', { A: '1' }],
  ['A = 1 ', { A: '1' }],
  ['A: 1', { A: '1' }],
  ['export A=1', { A: '1' }],
  ['# comment\n\nA=1 # comment', { A: '1' }],
  ['A=1#no', { A: '1#no' }],
  ["A='1 # $B'", { A: '1 # $B' }],
  ['A="1 # x"', { A: '1 # x' }],
  ['A="a\\nb"', { A: 'a\nb' }],
  ["A='a\\nb'", { A: 'a\\nb' }],
  ['A="a\nb"', { A: 'a\nb' }],
  ['A="\\$B"', { A: '$B' }],
  ['A="\\""', { A: '"' }],
  ["A='it\\'s'", { A: "it's" }],
  ['A=', { A: '' }],
  ['A=x\nB=${A}y', { A: 'x', B: 'xy' }],
  ['B=${A:-d}', { B: 'd' }],
  ['A.b-c=1', { 'A.b-c': '1' }],
  ['A=b=c', { A: 'b=c' }],
])('%j gives %j', (text, expected) => {
  expect(read(text)).toEqual(expected)
})

test('a name alone takes the value that is known, or is left out', () => {
  expect(read('A\nB\n', { A: 'known' })).toEqual({ A: 'known' })
})

test('what is known wins over the file when values are expanded', () => {
  expect(read('A=file\nB=$A', { A: 'known' })).toEqual({ A: 'file', B: 'known' })
})

test.each([
  ['A="x', 'line 1: unterminated quoted value "x'],
  ['A=1\nB B=2', 'line 2: key cannot contain a space'],
  ['A!=1', 'line 1: unexpected character "!" in variable name "A!=1"'],
])('%j is refused', (text, message) => {
  expect(() => read(text)).toThrow(DotenvError)
  expect(() => read(text)).toThrow(message)
})
