import type { Readable } from 'node:stream'

export interface Frame {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Buffer
}

/**
 * Docker's multiplexed stream taken apart: each frame has a header of one byte for the stream, three of padding and a
 * big-endian length. With a terminal there are no frames, and every byte is stdout's.
 */
export async function* readFrames(
  source: Readable,
  { tty }: { readonly tty: boolean },
): AsyncGenerator<Frame> {
  let pending: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const bytes = chunk as Buffer
    if (tty) {
      yield { stream: 'stdout', bytes }
      continue
    }
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes])
    while (pending.length >= headerLength) {
      const end = headerLength + pending.readUInt32BE(4)
      if (pending.length < end) break
      yield { stream: pending[0] === 2 ? 'stderr' : 'stdout', bytes: pending.subarray(headerLength, end) }
      pending = pending.subarray(end)
    }
  }
}

const headerLength = 8
