import { ProtocolError } from './frame.ts'

/**
 * Descriptions and replies are lists of items: u16 tag, u16 zero, u32 length, bytes. A nested list is an item's bytes.
 * Strings carry their closing NUL, so that the agent uses them in place.
 */
export interface Item {
  readonly tag: number
  readonly bytes: Buffer
}

const itemHeader = 8

export const bytesItem = (tag: number, bytes: Buffer): Buffer => {
  const item = Buffer.allocUnsafe(itemHeader + bytes.length)
  item.writeUInt16LE(tag, 0)
  item.writeUInt16LE(0, 2)
  item.writeUInt32LE(bytes.length, 4)
  bytes.copy(item, itemHeader)
  return item
}

/** @throws TypeError for a string with a NUL inside: it would end early in C. */
export const stringItem = (tag: number, text: string): Buffer => {
  if (text.includes('\0')) throw new TypeError('a string for the guest contains a NUL byte')
  return bytesItem(tag, Buffer.from(`${text}\0`))
}

export const numberItem = (tag: number, value: number | bigint): Buffer => {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigInt64LE(BigInt(value))
  return bytesItem(tag, bytes)
}

export const listItem = (tag: number, items: readonly Buffer[]): Buffer =>
  bytesItem(tag, Buffer.concat(items))

/** @throws ProtocolError when a length does not fit. */
export const readItems = (bytes: Buffer): Item[] => {
  const items: Item[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < itemHeader) throw new ProtocolError('an item is cut short')
    const length = bytes.readUInt32LE(at + 4)
    if (length > bytes.length - at - itemHeader) throw new ProtocolError('an item is longer than its list')
    items.push({
      tag: bytes.readUInt16LE(at),
      bytes: bytes.subarray(at + itemHeader, at + itemHeader + length),
    })
    at += itemHeader + length
  }
  return items
}

/** The items by tag, the last one of a tag; missing ones read as `undefined`. */
export class ItemReader {
  readonly #items: readonly Item[]

  constructor(bytes: Buffer) {
    this.#items = readItems(bytes)
  }

  all(tag: number): Buffer[] {
    return this.#items.filter((item) => item.tag === tag).map(({ bytes }) => bytes)
  }

  bytes(tag: number): Buffer | undefined {
    return this.#items.findLast((item) => item.tag === tag)?.bytes
  }

  string(tag: number): string | undefined {
    const bytes = this.bytes(tag)
    return bytes === undefined
      ? undefined
      : bytes.toString('utf8', 0, bytes.length - (bytes.at(-1) === 0 ? 1 : 0))
  }

  bigint(tag: number): bigint | undefined {
    const bytes = this.bytes(tag)
    if (bytes === undefined) return undefined
    if (bytes.length !== 8) throw new ProtocolError('a number is not of 8 bytes')
    return bytes.readBigInt64LE()
  }

  number(tag: number): number | undefined {
    const value = this.bigint(tag)
    return value === undefined ? undefined : Number(value)
  }
}
