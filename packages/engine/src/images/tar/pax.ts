import { type TarEntry, TarFormatError } from './header.ts'

/** Records of a pax extended header, the last of each key. Values keep their bytes. */
export type PaxRecords = ReadonlyMap<string, Buffer>

const xattrPrefix = 'SCHILY.xattr.'

/** `LENGTH KEY=VALUE\n`, where LENGTH counts the whole record (pax(1), "pax Extended Header"). */
export const parsePax = (data: Buffer): PaxRecords => {
  const records = new Map<string, Buffer>()
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at)
    const digits = space === -1 ? '' : data.toString('latin1', at, space)
    const end = at + Number(digits)
    const equals = data.indexOf(0x3d, space)
    if (
      !/^[1-9]\d{0,8}$/.test(digits) ||
      end > data.length ||
      equals === -1 ||
      equals >= end ||
      data[end - 1] !== 0x0a
    )
      throw new TarFormatError('an extended header is malformed')
    records.set(data.toString('latin1', space + 1, equals), data.subarray(equals + 1, end - 1))
    at = end
  }
  return records
}

/** The member that a header and the records before it describe together. */
export const withPax = (entry: TarEntry, records: PaxRecords): TarEntry => {
  const string = (key: string): string | undefined => {
    const value = records.get(key)?.toString('latin1')
    if (value?.includes('\0')) throw new TarFormatError(`an extended header has a null byte in ${key}`)
    return value === '' ? undefined : value
  }
  const integer = (key: string): number | undefined => {
    const value = string(key)
    if (value === undefined) return undefined
    if (!/^\d{1,15}$/.test(value)) throw new TarFormatError(`an extended header has a bad ${key}`)
    return Number(value)
  }
  const mtime = string('mtime')
  if (mtime !== undefined && !/^-?\d{1,12}(\.\d{1,20})?$/.test(mtime))
    throw new TarFormatError('an extended header has a bad mtime')
  const xattrs = new Map<string, Buffer>()
  for (const [key, value] of records) {
    if (key.startsWith('GNU.sparse.')) throw new TarFormatError('sparse members are not supported')
    if (key.startsWith(xattrPrefix)) xattrs.set(key.slice(xattrPrefix.length), value)
  }
  const name = string('path') ?? entry.name
  return {
    ...entry,
    name,
    linkName: string('linkpath') ?? entry.linkName,
    size: entry.type === 'file' ? (integer('size') ?? entry.size) : 0,
    uid: integer('uid') ?? entry.uid,
    gid: integer('gid') ?? entry.gid,
    mtime: mtime ?? entry.mtime,
    xattrs,
  }
}

/** Extended header data for records, in their order. */
export const formatPax = (records: Iterable<readonly [string, Buffer]>): Buffer => {
  const parts: Buffer[] = []
  for (const [key, value] of records) {
    const rest = Buffer.byteLength(key, 'latin1') + value.length + 3
    let length = rest + String(rest).length
    if (String(length).length > String(rest).length) length = rest + String(length).length
    parts.push(Buffer.from(`${length} ${key}=`, 'latin1'), value, Buffer.from('\n'))
  }
  return Buffer.concat(parts)
}

/** Records for what a plain header can't hold. */
export const xattrRecords = (xattrs: ReadonlyMap<string, Buffer>): (readonly [string, Buffer])[] =>
  [...xattrs].map(([name, value]) => [`${xattrPrefix}${name}`, value] as const)
