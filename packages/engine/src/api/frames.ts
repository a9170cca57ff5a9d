/** Frames of Docker's multiplexed streams: one byte for the stream, three zeros, the length (32 bits, big endian), the data. */
export type StreamName = 'stdin' | 'stdout' | 'stderr'

const numbers: Record<StreamName, number> = { stdin: 0, stdout: 1, stderr: 2 }

export const frame = (stream: StreamName, data: Buffer): Buffer => {
  const whole = Buffer.allocUnsafe(8 + data.length)
  whole.writeUInt32BE(numbers[stream] * 0x1000000, 0)
  whole.writeUInt32BE(data.length, 4)
  data.copy(whole, 8)
  return whole
}
