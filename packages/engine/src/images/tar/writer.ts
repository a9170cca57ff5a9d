import { blockSize, type TarEntry } from './header.ts'
import { formatPax, xattrRecords } from './pax.ts'

const flags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
}

/**
 * The header blocks of a member: one ustar header, with a pax header before it for what ustar can't hold.
 * Content of `entry.size` bytes and `padTo512` follow. The same entry always gives the same bytes.
 */
export const formatHeader = (entry: TarEntry): Buffer => {
  const records: (readonly [string, Buffer])[] = []
  const add = (key: string, value: string): void => {
    records.push([key, Buffer.from(value, 'latin1')])
  }
  if (entry.name.length > 100) add('path', entry.name)
  if (entry.linkName.length > 100) add('linkpath', entry.linkName)
  if (entry.size >= 8 ** 11) add('size', String(entry.size))
  if (entry.uid >= 8 ** 7) add('uid', String(entry.uid))
  if (entry.gid >= 8 ** 7) add('gid', String(entry.gid))
  if (!/^\d{1,10}$/.test(entry.mtime) || Number(entry.mtime) >= 8 ** 11) add('mtime', entry.mtime)
  records.push(...xattrRecords(entry.xattrs))
  if (records.length === 0) return headerBlock(flags[entry.type], entry)
  const data = formatPax(records)
  const pax = {
    ...entry,
    name: 'pax',
    linkName: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: data.length,
    mtime: '0',
  }
  return Buffer.concat([
    headerBlock('x', pax),
    data,
    padTo512(data.length),
    headerBlock(flags[entry.type], entry),
  ])
}

/** Zeros up to the next block after `size` bytes. */
export const padTo512 = (size: number): Buffer => Buffer.alloc((blockSize - (size % blockSize)) % blockSize)

/** The two blocks of zeros that end an archive. */
export const endOfArchive = Buffer.alloc(2 * blockSize)

const headerBlock = (flag: string, entry: Omit<TarEntry, 'xattrs'>): Buffer => {
  const block = Buffer.alloc(blockSize)
  const octal = (value: number, offset: number, length: number): void => {
    const fits = value >= 0 && value < 8 ** (length - 1)
    block.write((fits ? value : 0).toString(8).padStart(length - 1, '0'), offset, 'latin1')
  }
  block.write(entry.name.slice(0, 100), 0, 'latin1')
  octal(entry.mode, 100, 8)
  octal(entry.uid, 108, 8)
  octal(entry.gid, 116, 8)
  octal(entry.size, 124, 12)
  octal(Math.floor(Number(entry.mtime)), 136, 12)
  block.write(flag, 156, 'latin1')
  block.write(entry.linkName.slice(0, 100), 157, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  let sum = 8 * 32
  for (const byte of block) sum += byte
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
