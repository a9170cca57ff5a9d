import { expect, test } from 'vitest'
import { LogCorrupt, LogDecoder } from './log-record.ts'

const record = (kind: number, time: bigint, data: string): Buffer => {
  const header = Buffer.alloc(16)
  header.write('CLG1', 0, 'latin1')
  header[4] = kind
  header.writeUInt16LE(data.length, 6)
  header.writeBigUInt64LE(time, 8)
  return Buffer.concat([header, Buffer.from(data, 'latin1')])
}

const log = Buffer.concat([record(1, 5n, 'out\n'), record(2, 6n, 'err\n'), record(3, 7n, '\x89\x01')])

test('records come out in order, however the bytes are cut, and the offset is behind the last whole one', () => {
  for (const size of [1, 7, 1000]) {
    const decoder = new LogDecoder(100)
    const records = []
    for (let at = 0; at < log.length; at += size) records.push(...decoder.push(log.subarray(at, at + size)))
    expect(records).toMatchObject([
      { kind: 'stdout', time: 5n },
      { kind: 'stderr', time: 6n },
      { kind: 'exit', time: 7n, code: 137, oomKilled: true },
    ])
    expect(decoder.offset).toBe(100 + log.length)
  }
})

test('a record that is not whole yet is waited for', () => {
  const decoder = new LogDecoder()
  expect(decoder.push(log.subarray(0, 25)).length).toBe(1)
  expect(decoder.offset).toBe(20)
  expect(decoder.push(log.subarray(25)).length).toBe(2)
})

test('bytes that are no record are told with their place', () => {
  const decoder = new LogDecoder()
  const bad = Buffer.concat([record(1, 5n, 'x'), Buffer.alloc(16, 1)])
  expect(() => decoder.push(bad)).toThrow(LogCorrupt)
  expect(decoder.offset).toBe(17)
})
