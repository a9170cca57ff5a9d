/** What a member of a tar is. Paths are relative, without a slash at their ends. */
export interface TarMember {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link'
  readonly mode: number
  readonly size: number
  /** Seconds since the epoch. */
  readonly modified: number
  readonly uid: number
  readonly gid: number
  /** Of a symbolic link. */
  readonly target?: string
}

const block = 512
const types = { file: '0', directory: '5', link: '2' } as const

/** The header of a member (POSIX pax), which `size` bytes and their padding follow. */
export const tarHeader = (member: TarMember): Buffer => {
  const { path, target = '', size } = member
  const records = [
    ...(Buffer.byteLength(path) > 100 ? [record('path', path)] : []),
    ...(Buffer.byteLength(target) > 100 ? [record('linkpath', target)] : []),
    ...(size >= 8 ** 11 ? [record('size', String(size))] : []),
  ]
  if (records.length === 0) return header(path, types[member.kind], member)
  const body = Buffer.concat(records)
  return Buffer.concat([
    header('pax', 'x', { ...member, size: body.length, target: '' }),
    body,
    padding(body.length),
    header(path, types[member.kind], member),
  ])
}

/** What fills the last block after content of that size. */
export const padding = (size: number): Buffer => zeros.subarray(0, (block - (size % block)) % block)

const zeros = Buffer.alloc(block)

/** After the last member. */
export const tarEnd = (): Buffer => Buffer.alloc(2 * block)

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
const record = (key: string, value: string): Buffer => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest
  while (length !== rest + String(length).length) length = rest + String(length).length
  return Buffer.from(`${length} ${key}=${value}\n`)
}

const header = (path: string, type: string, member: Omit<TarMember, 'path' | 'kind'>): Buffer => {
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number): void => {
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  Buffer.from(path).copy(bytes, 0, 0, 100)
  octal(member.mode, 100, 8)
  octal(member.uid, 108, 8)
  octal(member.gid, 116, 8)
  octal(Math.min(member.size, 8 ** 11 - 1), 124, 12)
  octal(Math.max(0, Math.floor(member.modified)), 136, 12)
  bytes.write('        ', 148, 'latin1')
  bytes.write(type, 156, 'latin1')
  Buffer.from(member.target ?? '').copy(bytes, 157, 0, 100)
  bytes.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (let at = 0; at < block; at += 1) sum += bytes[at] as number
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}
