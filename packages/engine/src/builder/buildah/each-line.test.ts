import { expect, test } from 'vitest'
import { eachLine, longestLine } from './each-line.ts'

async function* chunksOf(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

const linesOf = async (...chunks: readonly (string | Buffer)[]): Promise<string[]> => {
  const lines: string[] = []
  await eachLine(chunksOf(...chunks), (line) => void lines.push(line))
  return lines
}

test('lines are whole, however they arrive and end', async () => {
  expect(await linesOf('o', 'ne\ntw', 'o\n', '\nlast')).toEqual(['one', 'two', '', 'last'])
  expect(await linesOf('a\r\nb\r', '\nc\rd\r')).toEqual(['a', 'b', 'c', 'd'])
  const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)]
  expect(await linesOf(first, second)).toEqual(['ü'])
  expect(await linesOf()).toEqual([])
})

test('a line without end comes in pieces', async () => {
  const text = 'x'.repeat(longestLine)
  expect(await linesOf(text, text, 'y\nz')).toEqual([text, text, 'y', 'z'])
  expect(await linesOf(`${text}y\nz`)).toEqual([text, 'y', 'z'])
})

test('no more is read than was taken', async () => {
  let read = 0
  const endless = async function* (): AsyncGenerator<Buffer> {
    for (; read < 1000; read += 1) yield Buffer.from('y\n')
  }
  let taken = 0
  await expect(
    eachLine(endless(), async () => {
      taken += 1
      expect(read).toBeLessThan(taken)
      if (taken === 10) throw new Error('enough')
    }),
  ).rejects.toThrow('enough')
})
