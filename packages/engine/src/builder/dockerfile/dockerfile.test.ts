import { expect, test } from 'vitest'
import { readDockerfile } from './dockerfile.ts'
import { parseInstructions } from './instructions.ts'

const read = (text: string, target?: string, args: Record<string, string> = {}) =>
  readDockerfile(text, { target, args: new Map(Object.entries(args)) })
const names = (text: string, target?: string, args?: Record<string, string>) =>
  read(text, target, args).references.map(({ name, line }) => `${line}:${name}`)

test('instructions keep their lines over comments, continuations and directives', () => {
  const text = '# escape=`\n# note\n\nFROM a\nRUN one `\n  # between\n\n  two\nenv X=1\n'
  expect(
    parseInstructions(text).map(({ keyword, text, line, lastLine }) => [keyword, text, line, lastLine]),
  ).toEqual([
    ['FROM', 'a', 4, 4],
    ['RUN', 'one   two', 5, 8],
    ['ENV', 'X=1', 9, 9],
  ])
})

test('images are those of FROM, COPY --from and mounts, with arguments in them', () => {
  const text = `ARG VERSION=1
ARG NAME=\${PREFIX:-base}
FROM $NAME:\${VERSION} AS Build
FROM --platform=linux/arm64 other AS second
COPY --from=build /a /b
COPY --chown=1:1 --from=tool:2 /c /d
RUN --mount=type=bind,from=mounted,target=/m true
`
  expect(names(text)).toEqual(['4:other', '3:base:1', '6:tool:2', '7:mounted'])
  expect(names(text, undefined, { VERSION: '9', PREFIX: 'not declared' })).toContain('3:base:9')
  expect(read(text).references[0]?.platform).toBe('linux/arm64')
})

test('only stages that the target needs are built', () => {
  const text = 'FROM a AS one\nRUN x\nFROM b AS two\nFROM one AS three\nCOPY --from=0 / /\n'
  expect(read(text).stages.map(({ index }) => index)).toEqual([0, 2])
  expect(names(text)).toEqual(['1:a'])
  expect(names(text, 'two')).toEqual(['3:b'])
  expect(names(text, 'TWO')).toEqual(['3:b'])
  expect(read(text, 'two').wantsNetwork).toBe(false)
})

test('scratch is nothing to fetch', () => {
  expect(names('FROM scratch\nCOPY a /\n')).toEqual([])
})

test.each([
  ['', 'file with no instructions'],
  ['# only a comment\n', 'file with no instructions'],
  ['RUN x\n', 'line 1: no build stage in current context'],
  ['ARG X\n', 'no build stage in the Dockerfile'],
  ['FROM a b\n', 'line 1: FROM requires either one or three arguments'],
  ['\nFROM $NONE\n', 'line 2: base name ($NONE) should not be blank'],
  ['FROM a\nRUN <<EOF\necho\n', 'line 2: unterminated heredoc EOF'],
])('%j is refused with its line', (text, message) => {
  expect(() => read(text)).toThrow(message)
})

test('a target that is not there is named', () => {
  expect(() => read('FROM a\n', 'nope')).toThrow('failed to reach build target nope in Dockerfile')
})

test('a file that is made to keep the engine busy is read or refused in no time', () => {
  const spaces = ' '.repeat(1_000_000)
  const [stage] = read(`# a=b${spaces}c\n${spaces}FROM x\nRUN a${spaces}b\n`).stages
  expect(stage?.steps.map(({ keyword, text }) => [keyword, text.length])).toEqual([
    ['FROM', 1],
    ['RUN', 1_000_002],
  ])
  const doubling = Array.from({ length: 60 }, (_, n) => `ARG A${n + 1}=$A${n}$A${n}\n`).join('')
  expect(() => read(`ARG A0=aaaaaaaa\n${doubling}FROM x\n`)).toThrow('longer than 16384 characters')
  expect(() => read(`FROM ${'${a:-'.repeat(50_000)}${'}'.repeat(50_000)}\n`)).toThrow('longer than')
  expect(() => read('FROM a AS b\n'.repeat(50_000))).toThrow('more than 10000 instructions')
})
