import { frameMagic, frameTrailer, headerSize, maxPayload, trailerSize } from './wire.ts'

/** One message of the agent's channel: 16 bytes of header, at most 64 KiB of payload, a trailer. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly channel: number
  /** The conversation it belongs to. */
  readonly stream: number
  readonly payload: Buffer
}

/** Bytes arrived that no agent of ours sends. The channel must be closed. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

export const encodeFrame = ({
  type,
  stream,
  flags = 0,
  channel = 0,
  payload = Buffer.alloc(0),
}: Partial<Frame> & Pick<Frame, 'type' | 'stream'>): Buffer => {
  if (payload.length > maxPayload) throw new RangeError(`frame payload of ${payload.length} bytes`)
  const frame = Buffer.allocUnsafe(headerSize + payload.length + trailerSize)
  frame.writeUInt32LE(frameMagic, 0)
  frame[4] = type
  frame[5] = flags
  frame[6] = channel
  frame[7] = 0
  frame.writeUInt32LE(stream, 8)
  frame.writeUInt32LE(payload.length, 12)
  payload.copy(frame, headerSize)
  frame.writeUInt32LE(frameTrailer, headerSize + payload.length)
  return frame
}

type Wanted = (frame: Frame) => boolean

/**
 * Cuts a byte stream into frames. It starts out of step: bytes are skipped until a whole frame that `isFirst` accepts,
 * for a channel taken over from another engine may begin amid a frame. From then on every byte must fit.
 */
export class FrameParser {
  /** Bytes not cut yet, and how many make the frame that they begin, so that they are joined once and not at each piece. */
  #pending: Buffer[] = []
  #pendingLength = 0
  #needed = headerSize
  #inStep = false
  readonly #isFirst: Wanted

  constructor(isFirst: Wanted) {
    this.#isFirst = isFirst
  }

  /** @throws ProtocolError once in step, when the bytes are no frame. */
  push(chunk: Buffer): Frame[] {
    this.#pending.push(chunk)
    this.#pendingLength += chunk.length
    if (this.#pendingLength < this.#needed) return []
    let rest = this.#pending.length === 1 ? chunk : Buffer.concat(this.#pending)
    const frames: Frame[] = []
    for (;;) {
      const read = readFrame(rest)
      if (typeof read === 'number') {
        this.#pending = [rest]
        this.#pendingLength = rest.length
        this.#needed = read
        return frames
      }
      if (read === 'invalid' || (!this.#inStep && !this.#isFirst(read))) {
        if (this.#inStep) throw new ProtocolError('bytes that are no frame')
        rest = fromNextMagic(rest)
        continue
      }
      this.#inStep = true
      frames.push(read)
      rest = rest.subarray(headerSize + read.payload.length + trailerSize)
    }
  }
}

/** A number: so many bytes are needed to tell more. */
const readFrame = (bytes: Buffer): Frame | number | 'invalid' => {
  if (bytes.length < headerSize) return headerSize
  if (bytes.readUInt32LE(0) !== frameMagic) return 'invalid'
  const length = bytes.readUInt32LE(12)
  if (length > maxPayload || bytes[7] !== 0) return 'invalid'
  const end = headerSize + length
  if (bytes.length < end + trailerSize) return end + trailerSize
  if (bytes.readUInt32LE(end) !== frameTrailer) return 'invalid'
  return {
    type: bytes.readUInt8(4),
    flags: bytes.readUInt8(5),
    channel: bytes.readUInt8(6),
    stream: bytes.readUInt32LE(8),
    payload: bytes.subarray(headerSize, end),
  }
}

const magicBytes = Buffer.alloc(4)
magicBytes.writeUInt32LE(frameMagic)

const fromNextMagic = (bytes: Buffer): Buffer => {
  const next = bytes.indexOf(magicBytes, 1)
  return bytes.subarray(next === -1 ? Math.max(1, bytes.length - 3) : next)
}
