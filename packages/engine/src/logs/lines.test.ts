import { expect, test } from 'vitest'
import { LineSplitter } from './lines.ts'

const record = (stream: 'stdout' | 'stderr', time: number, text: string) => ({
  stream,
  time: BigInt(time),
  data: Buffer.from(text),
})
const shown = (lines: readonly { stream: string; time: bigint; data: Buffer }[]) =>
  lines.map(({ stream, time, data }) => `${stream} ${time} ${JSON.stringify(data.toString())}`)

test('a line is complete with its newline and has the time of its first piece', () => {
  const splitter = new LineSplitter()
  expect(shown(splitter.push(record('stdout', 1, 'a\nb')))).toEqual(['stdout 1 "a\\n"'])
  expect(shown(splitter.push(record('stdout', 2, 'c\n\n')))).toEqual(['stdout 1 "bc\\n"', 'stdout 2 "\\n"'])
  expect(splitter.rest()).toEqual([])
})

test('streams do not mix, and what has no newline comes at the end', () => {
  const splitter = new LineSplitter()
  splitter.push(record('stderr', 1, 'e'))
  expect(shown(splitter.push(record('stdout', 2, 'o\np')))).toEqual(['stdout 2 "o\\n"'])
  expect(shown(splitter.rest())).toEqual(['stderr 1 "e"', 'stdout 2 "p"'])
})

test('a line longer than 16 KiB comes in pieces', () => {
  const splitter = new LineSplitter()
  const lines = splitter.push(record('stdout', 1, `${'x'.repeat(40_000)}\n`))
  expect(lines.map(({ data }) => data.length)).toEqual([16_384, 16_384, 7233])
})
