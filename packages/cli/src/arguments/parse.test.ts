import { expect, test } from 'vitest'
import { flag, integer, list, text } from './options.ts'
import { parseArguments } from './parse.ts'

const syntax = {
  name: 'container-compose up',
  summary: '',
  operands: '[SERVICE...]',
  options: {
    build: flag('--build', ''),
    noBuild: flag('--no-build', ''),
    detach: flag('-d, --detach', ''),
    menu: flag('--menu', '', { initial: true }),
    timeout: integer('-t, --timeout <seconds>', ''),
    scale: list('--scale <scale>', ''),
    pull: text('--pull <policy>', ''),
  },
} as const

const parse = (...argv: string[]) => parseArguments(syntax, argv)
const code = (...argv: string[]) => {
  try {
    parse(...argv)
    return 'ok'
  } catch (error) {
    return (error as { code: string }).code
  }
}

test('options stand before, between and after operands', () => {
  const { options, operands } = parse('web', '-d', 'db', '--timeout=5', 'cache')
  expect(operands).toEqual(['web', 'db', 'cache'])
  expect(options).toMatchObject({ detach: true, timeout: 5, build: false })
})

test('a flag and its no- form are two options', () => {
  expect(parse('--no-build').options).toMatchObject({ build: false, noBuild: true })
})

test('a flag can be switched off by =false, and the last one counts', () => {
  expect(parse('--menu=false').options.menu).toBe(false)
  expect(parse('--detach', '--detach=false').options.detach).toBe(false)
  expect(parse('--detach=true').options.detach).toBe(true)
})

test('short flags can be joined, a value may follow without space', () => {
  expect(parse('-dt5').options).toMatchObject({ detach: true, timeout: 5 })
})

test('a list collects, a text keeps the last', () => {
  expect(parse('--scale', 'a=1', '--scale', 'b=2', '--pull', 'x', '--pull', 'y').options).toMatchObject({
    scale: ['a=1', 'b=2'],
    pull: 'y',
  })
})

test('all after -- is an operand', () => {
  expect(parse('-d', '--', '-x').operands).toEqual(['-x'])
})

test('only the options that were given are told', () => {
  expect([...parse('-d', '--pull', 'always').given]).toEqual(['detach', 'pull'])
})

test('with options first, all after the first operand belongs to it', () => {
  const { options, operands } = parseArguments({ ...syntax, optionsFirst: true }, [
    '-d',
    'web',
    'ls',
    '-t',
    '--x',
  ])
  expect(options.detach).toBe(true)
  expect(operands).toEqual(['web', 'ls', '-t', '--x'])
})

test('misuse has a code each', () => {
  expect(code('--nope')).toBe('UNKNOWN_FLAG')
  expect(code('web', '-Z')).toBe('UNKNOWN_FLAG')
  expect(code('-dZ')).toBe('UNKNOWN_FLAG')
  expect(code('--timeout')).toBe('MISSING_VALUE')
  expect(code('-t', 'soon')).toBe('INVALID_ARGUMENT')
})

test('unknown flags are named in the words of the reference', () => {
  expect(() => parse('--nope=1')).toThrow(/^unknown flag: --nope$/)
  expect(() => parse('-Z')).toThrow(/^unknown shorthand flag: 'Z' in -Z$/)
})

test('an unknown flag is answered with the one that was probably meant', () => {
  const hint = (flag: string): unknown => {
    try {
      return parse(flag)
    } catch (error) {
      return (error as { hint?: string }).hint
    }
  }
  expect(hint('--detached')).toBe('did you mean --detach?')
  expect(hint('--no_build')).toBe('did you mean --no-build?')
  expect(hint('--something')).toBe('the same command with --help lists its flags')
})
