import { logHeaderSize, logKind, logMagic, maxLogData } from './wire.ts'

/**
 * The log of a run, as the agent writes it to the port `log` and QEMU to a file. Each record is 16 bytes of header (magic,
 * u8 kind, u8 zero, u16 length, u64 nanoseconds since the epoch) and its data. The last record is the exit status.
 */
export type GuestLogRecord =
  | { readonly kind: 'stdout' | 'stderr'; readonly time: bigint; readonly data: Buffer }
  | {
      readonly kind: 'exit'
      readonly time: bigint
      /** 0–255; 128 + signal. */
      readonly code: number
      readonly oomKilled: boolean
    }

/** A log that no agent of ours wrote; `offset` is where its bytes stop making sense. */
export class LogCorrupt extends Error {
  override readonly name = 'LogCorrupt'
  readonly offset: number
  constructor(offset: number) {
    super(`the log makes no sense at byte ${offset}`)
    this.offset = offset
  }
}

/** Turns the bytes of a log file into records, fed in pieces of any size from a record's beginning on. */
export class LogDecoder {
  #pending: Buffer = Buffer.alloc(0)
  #offset: number

  /** `offset` is the place in the file of the first byte that will be pushed. */
  constructor(offset = 0) {
    this.#offset = offset
  }

  /** The place behind the last whole record: where a reader that comes later begins. */
  get offset(): number {
    return this.#offset
  }

  /** @throws LogCorrupt */
  push(chunk: Buffer): GuestLogRecord[] {
    let rest = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk])
    const records: GuestLogRecord[] = []
    while (rest.length >= logHeaderSize) {
      const length = rest.readUInt16LE(6)
      if (rest.readUInt32LE(0) !== logMagic || length > maxLogData) throw new LogCorrupt(this.#offset)
      if (rest.length < logHeaderSize + length) break
      const record = decode(rest, length)
      if (record === undefined) throw new LogCorrupt(this.#offset)
      records.push(record)
      rest = rest.subarray(logHeaderSize + length)
      this.#offset += logHeaderSize + length
    }
    this.#pending = rest
    return records
  }
}

const decode = (bytes: Buffer, length: number): GuestLogRecord | undefined => {
  const time = bytes.readBigUInt64LE(8)
  const data = bytes.subarray(logHeaderSize, logHeaderSize + length)
  switch (bytes[4]) {
    case logKind.stdout:
      return { kind: 'stdout', time, data }
    case logKind.stderr:
      return { kind: 'stderr', time, data }
    case logKind.exit:
      return length === 2
        ? { kind: 'exit', time, code: data.readUInt8(0), oomKilled: data.readUInt8(1) === 1 }
        : undefined
    default:
      return undefined
  }
}
