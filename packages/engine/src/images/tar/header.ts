/**
 * One member of a tar archive. Names are latin1 strings: one character per byte, so that any name survives.
 * Formats: POSIX ustar and pax (pax(1), "ustar Interchange Format"), GNU (tar manual, "Basic Tar Format").
 */
export interface TarEntry {
  readonly type: TarEntryType
  readonly name: string
  /** Target of a hard or symbolic link. */
  readonly linkName: string
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes of content that follow; 0 for anything but files. */
  readonly size: number
  /** Decimal seconds since the epoch, with as many digits as the archive has. */
  readonly mtime: string
  readonly xattrs: ReadonlyMap<string, Buffer>
}

export type TarEntryType = 'file' | 'hardlink' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo'

/** The archive breaks the format, or uses a part of it that is refused. */
export class TarFormatError extends Error {
  override readonly name = 'TarFormatError'
}

export const blockSize = 512

const types: Readonly<Record<string, TarEntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
}

/** A header block as it stands, before pax records and long names apply. */
export interface RawHeader {
  readonly typeFlag: string
  readonly entry: TarEntry
}

/** Parses one block of 512 bytes; undefined for a block of zeros, which ends the archive. */
export const parseHeader = (block: Buffer): RawHeader | undefined => {
  if (block[0] === 0 && block.every((byte) => byte === 0)) return undefined
  checkSum(block)
  const typeFlag = String.fromCharCode(block[156] ?? 0)
  let name = text(block, 0, 100)
  // GNU archives keep times where POSIX ones keep the first part of the name.
  if (block.toString('latin1', 257, 263) === 'ustar\0') {
    const prefix = text(block, 345, 155)
    if (prefix !== '') name = `${prefix}/${name}`
  }
  const type = types[typeFlag]
  const isFile = type === undefined || type === 'file'
  return {
    typeFlag,
    entry: {
      type: type ?? 'file',
      name,
      linkName: text(block, 157, 100),
      mode: number(block, 100, 8) & 0o7777,
      uid: number(block, 108, 8),
      gid: number(block, 116, 8),
      size: isFile ? number(block, 124, 12) : 0,
      mtime: String(number(block, 136, 12, { negative: true })),
      xattrs: new Map(),
    },
  }
}

/** Whether a type flag names a member (and not pax records or a GNU long name). */
export const isMember = (typeFlag: string): boolean => types[typeFlag] !== undefined

const text = (block: Buffer, offset: number, length: number): string => {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end === -1 ? offset + length : Math.min(end, offset + length))
}

const checkSum = (block: Buffer): void => {
  let sum = 0
  for (let i = 0; i < blockSize; i++) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0)
  if (sum !== number(block, 148, 8)) throw new TarFormatError('a header has a wrong checksum')
}

/** Octal digits, or base 256 when the first bit is set. */
const number = (
  block: Buffer,
  offset: number,
  length: number,
  options: { readonly negative: boolean } = { negative: false },
): number => {
  const first = block[offset] ?? 0
  let value: bigint
  if (first >= 0x80) {
    const bytes = Buffer.from(block.subarray(offset, offset + length))
    bytes[0] = first & 0x7f
    value = BigInt(`0x${bytes.toString('hex')}`)
    if (first === 0xff) value = BigInt.asIntN(length * 8, BigInt(`0xff${bytes.toString('hex', 1)}`))
  } else {
    const digits = text(block, offset, length).trim()
    if (!/^[0-7]*$/.test(digits)) throw new TarFormatError('a header has a number that is none')
    value = BigInt(digits === '' ? 0 : `0o${digits}`)
  }
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < (options.negative ? -(2n ** 40n) : 0n))
    throw new TarFormatError('a header has a number out of range')
  return Number(value)
}
