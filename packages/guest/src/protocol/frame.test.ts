import { expect, test } from 'vitest'
import { encodeFrame, type Frame, FrameParser, ProtocolError } from './frame.ts'
import { headerSize, maxPayload, message } from './wire.ts'

const anyFirst = () => new FrameParser(() => true)
const brief = ({ type, stream, payload }: Frame) => `${type} ${stream} ${payload.toString()}`

test('frames come out as they went in, however the bytes are cut', () => {
  const bytes = Buffer.concat([
    encodeFrame({ type: 1, stream: 0, payload: Buffer.from('one') }),
    encodeFrame({ type: 7, stream: 5, flags: 1, channel: 2, payload: Buffer.alloc(maxPayload, 'x') }),
    encodeFrame({ type: 8, stream: 6 }),
  ])
  for (const size of [1, 13, 1000, bytes.length]) {
    const parser = anyFirst()
    const frames: Frame[] = []
    for (let at = 0; at < bytes.length; at += size)
      frames.push(
        ...parser.push(bytes.subarray(at, at + size)).map((f) => ({ ...f, payload: Buffer.from(f.payload) })),
      )
    expect(frames.map(brief)).toStrictEqual(['1 0 one', `7 5 ${'x'.repeat(maxPayload)}`, '8 6 '])
    expect(frames[1]).toMatchObject({ flags: 1, channel: 2 })
  }
})

test('what comes before the first wanted frame is skipped, even what looks like frames', () => {
  const wanted = encodeFrame({ type: message.reply, stream: 0, payload: Buffer.from('me') })
  const other = encodeFrame({ type: message.data, stream: 9, payload: wanted.subarray(0, 10) })
  const parser = new FrameParser(({ payload }) => payload.toString() === 'me')
  const frames = parser.push(Buffer.concat([Buffer.from('CCAtail of a frame'), other, other, wanted, other]))
  expect(frames.map(({ type }) => type)).toStrictEqual([message.reply, message.data])
})

test.each([
  ['a wrong magic', 0, 0],
  ['a length beyond the limit', 14, 255],
  ['a byte that must be zero', 7, 1],
  ['a wrong trailer', headerSize + 3, 0],
])('once in step, %s is an error', (_, at, value) => {
  const parser = anyFirst()
  parser.push(encodeFrame({ type: 1, stream: 0 }))
  const bad = encodeFrame({ type: 1, stream: 0, payload: Buffer.from('abc') })
  bad[at] = value
  expect(() => parser.push(bad)).toThrow(ProtocolError)
})
