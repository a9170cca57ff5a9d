/**
 * Unpacks the LZ4 *legacy* frame that the kernel's build makes (`lz4 -l`): a magic number, then blocks of a u32 length and
 * LZ4 data, each at most 8 MiB unpacked. Linux puts the unpacked size behind the last one.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export const unpackLz4Legacy = (input: Buffer, size: number): Buffer => {
  const output = Buffer.alloc(size)
  let written = 0
  for (let at = 4; written < size; ) {
    if (at + 4 > input.length) throw new RangeError('LZ4 data is cut short')
    const length = input.readUInt32LE(at)
    at += 4
    if (length > input.length - at) throw new RangeError('an LZ4 block is cut short')
    written = unpackBlock(input.subarray(at, at + length), output, written)
    at += length
  }
  return output
}

export const lz4LegacyMagic = 0x184c2102

const unpackBlock = (block: Buffer, output: Buffer, start: number): number => {
  let from = 0
  let to = start
  const lengthOf = (nibble: number): number => {
    let length = nibble
    if (nibble === 15)
      for (let more = 255; more === 255; length += more) {
        more = block[from++] ?? 0
      }
    return length
  }
  while (from < block.length) {
    const token = block[from++] ?? 0
    const literals = lengthOf(token >> 4)
    if (literals > block.length - from || literals > output.length - to)
      throw new RangeError('LZ4 literals do not fit')
    block.copy(output, to, from, from + literals)
    from += literals
    to += literals
    if (from >= block.length) break
    const distance = (block[from] ?? 0) | ((block[from + 1] ?? 0) << 8)
    from += 2
    const length = lengthOf(token & 15) + 4
    if (distance === 0 || distance > to - start || length > output.length - to)
      throw new RangeError('an LZ4 match is out of range')
    // A match may overlap what it makes: copies double what is there.
    for (let done = 0; done < length; ) {
      const step = Math.min(length - done, distance + done)
      output.copyWithin(to + done, to - distance, to - distance + step)
      done += step
    }
    to += length
  }
  return to
}
