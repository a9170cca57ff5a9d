import { expect, test } from 'vitest'
import { LogPrinter, type LogStyle } from './log-printer.ts'

const print = (style: Partial<LogStyle> = {}) => {
  let out = ''
  let err = ''
  const printer = new LogPrinter(
    { project: 'demo', prefix: true, colours: false, merge: false, ...style },
    {
      stdout: (text) => {
        out += text
      },
      stderr: (text) => {
        err += text
      },
    },
  )
  const log = (container: string, line: string, stream: 'stdout' | 'stderr' = 'stdout'): void =>
    printer.hear({ type: 'log', container, line, stream })
  return { printer, log, out: () => out, err: () => err }
}

test('the column grows when a longer name first speaks', () => {
  const { log, out } = print()
  log('demo-one-1', 'line1')
  log('demo-longname-1', 'x')
  log('demo-one-1', 'line2')
  expect(out()).toBe('one-1  | line1\nlongname-1  | x\none-1       | line2\n')
})

test('a custom container name is shown whole', () => {
  const { log, out } = print()
  log('database', 'x')
  expect(out()).toBe('database  | x\n')
})

test('stderr of a container goes to stderr in up and to stdout in logs', () => {
  const up = print()
  up.log('demo-a-1', 'bad', 'stderr')
  expect([up.out(), up.err()]).toEqual(['', 'a-1  | bad\n'])
  const logs = print({ merge: true })
  logs.log('demo-a-1', 'bad', 'stderr')
  expect([logs.out(), logs.err()]).toEqual(['a-1  | bad\n', ''])
})

test('colours are given in the order of first output, to the prefix only', () => {
  const { log, out } = print({ colours: true })
  log('demo-b-1', 'x')
  log('demo-a-1', 'y')
  expect(out()).toBe('\x1b[36mb-1  | \x1b[0mx\n\x1b[33ma-1  | \x1b[0my\n')
})

test('a status line overwrites its line and has no bar', () => {
  const { printer, out } = print()
  printer.hear({ type: 'exit', container: 'demo-one-1', code: 3, restarting: false })
  printer.hear({ type: 'exit', container: 'demo-one-1', code: 1, restarting: true })
  expect(out()).toBe('\r\x1b[Kone-1 exited with code 3\n\r\x1b[Kone-1 exited with code 1 (restarting)\n')
})

test('what watching says stands beside the column of the containers, each of its lines', () => {
  const { printer, log, out } = print()
  printer.hear({ type: 'watch', message: 'one\ntwo' })
  log('demo-a-1', 'x')
  const mark = '\x1b[92m        ⦿ \x1b[0m'
  expect(out()).toBe(`${mark}one\n${mark}two\na-1     | x\n`)
  const bare = print({ prefix: false })
  bare.printer.hear({ type: 'watch', message: 'one' })
  expect(bare.out()).toBe('one\n')
})

test('without prefix only the line is left', () => {
  const { log, out } = print({ prefix: false })
  log('demo-one-1', 'line1')
  expect(out()).toBe('line1\n')
})
