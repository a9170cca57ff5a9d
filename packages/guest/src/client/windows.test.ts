import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { ProtocolError } from '../protocol/frame.ts'
import { streamWindow } from '../protocol/wire.ts'
import { AgentGone } from './agent-error.ts'
import { Incoming } from './incoming.ts'
import { Outgoing } from './outgoing.ts'

interface Sent {
  readonly offset: bigint
  readonly length: number
  readonly isLast: boolean
}

const outgoing = (taken?: bigint) => {
  const sent: Sent[] = []
  const output = new Outgoing((offset, { length }, isLast) => sent.push({ offset, length, isLast }), taken)
  const total = () => sent.reduce((sum, { length }) => sum + length, 0)
  return { sent, output, total }
}

test('never more than the window is in flight, and a write resolves when all of it is taken', async () => {
  const { output, total, sent } = outgoing()
  let resolved = false
  const write = output.write(Buffer.alloc(streamWindow + 10)).then(() => {
    resolved = true
  })
  expect(total()).toBe(streamWindow)
  output.acknowledge(BigInt(streamWindow))
  expect(total()).toBe(streamWindow + 10)
  await Promise.resolve()
  expect(resolved).toBe(false)
  output.acknowledge(BigInt(streamWindow + 10))
  await write
  output.end()
  expect(sent.at(-1)).toStrictEqual({ offset: BigInt(streamWindow + 10), length: 0, isLast: true })
})

test('the end waits for what was written before it', () => {
  const { output, sent } = outgoing()
  void output.write(Buffer.alloc(streamWindow + 1))
  output.end()
  expect(sent.some(({ isLast }) => isLast)).toBe(false)
  output.acknowledge(BigInt(streamWindow))
  expect(sent.at(-1)?.isLast).toBe(true)
})

test('offsets go on where another engine stopped', () => {
  const { output, sent } = outgoing(500n)
  void output.write(Buffer.from('abc'))
  expect(sent).toStrictEqual([{ offset: 500n, length: 3, isLast: false }])
})

test('an acknowledgement of what was never sent is refused', () => {
  const { output } = outgoing()
  void output.write(Buffer.from('abc'))
  expect(() => output.acknowledge(4n)).toThrow(ProtocolError)
})

test('what nobody takes any more is rejected', async () => {
  const { output } = outgoing()
  const write = output.write(Buffer.from('abc'))
  output.close()
  await expect(write).rejects.toThrow(AgentGone)
  await expect(output.write(Buffer.from('x'))).rejects.toThrow(AgentGone)
})

test('a reader acknowledges what it has read, not what has arrived', async () => {
  const acknowledged: bigint[] = []
  const input = new Incoming((taken) => acknowledged.push(taken))
  const half = Buffer.alloc(streamWindow / 2, 'x')
  input.receive(0n, half, false)
  expect(acknowledged).toStrictEqual([])
  input.receive(BigInt(half.length), half, true)
  expect((await text(input)).length).toBe(streamWindow)
  expect(acknowledged).toStrictEqual([BigInt(streamWindow / 2), BigInt(streamWindow)])
})

test('bytes that are skipped or exceed the window are refused', () => {
  const input = new Incoming(() => {})
  expect(() => input.receive(1n, Buffer.from('x'), false)).toThrow(ProtocolError)
  const other = new Incoming(() => {})
  expect(() => other.receive(0n, Buffer.alloc(streamWindow + 1), false)).toThrow(ProtocolError)
})

test('a reader that goes away lets the writer run on', () => {
  const acknowledged: bigint[] = []
  const input = new Incoming((taken) => acknowledged.push(taken))
  input.destroy()
  input.receive(0n, Buffer.alloc(1000), false)
  expect(acknowledged.at(-1)).toBe(1000n)
})
