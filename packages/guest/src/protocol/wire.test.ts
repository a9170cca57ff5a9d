import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as wire from './wire.ts'

const header = readFileSync(new URL('../../agent/protocol.h', import.meta.url), 'utf8')

/** `#define PREFIX_SOME_NAME 3` as `{ someName: 3 }`. */
const defined = (prefix: string): Record<string, number> =>
  Object.fromEntries(
    [...header.matchAll(new RegExp(`^#define ${prefix}_(\\w+) (\\d+)$`, 'gm'))].map(
      ([, name = '', value]) => [
        name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
        Number(value),
      ],
    ),
  )

test.each([
  ['MSG', wire.message],
  ['FLAG', wire.flag],
  ['CHANNEL', wire.channel],
  ['TAG', wire.tag],
  ['WRITE', wire.writeFlag],
  ['PHASE', wire.phase],
  ['LOG', wire.logKind],
])('engine and agent give the same numbers to %s', (prefix, numbers) => {
  expect(defined(prefix)).toStrictEqual(numbers)
})

test.each([
  ['FRAME_MAGIC', wire.frameMagic],
  ['FRAME_TRAILER', wire.frameTrailer],
  ['HEADER_SIZE', wire.headerSize],
  ['TRAILER_SIZE', wire.trailerSize],
  ['MAX_PAYLOAD', wire.maxPayload],
  ['STREAM_WINDOW', wire.streamWindow],
  ['MAIN_STREAM', wire.mainStream],
  ['LOG_MAGIC', wire.logMagic],
  ['LOG_HEADER_SIZE', wire.logHeaderSize],
  ['MAX_LOG_DATA', wire.maxLogData],
])('engine and agent agree on %s', (name, value) => {
  expect(Number(new RegExp(`^#define ${name} (\\w+?)u$`, 'm').exec(header)?.[1])).toBe(value)
})

test('no two tags have one number', () => {
  const numbers = Object.values(wire.tag)
  expect(new Set(numbers).size).toBe(numbers.length)
})
