import type { InjectedFile } from '../desired/desired-state.ts'

/** A tar (ustar) of small files; paths are taken below the root. */
export const tarOf = async (files: readonly InjectedFile[]): Promise<Buffer> => {
  const parts = files.map(async (file) => {
    const content = Buffer.from(typeof file.content === 'string' ? file.content : await file.content())
    return [header(file, content.length), content, Buffer.alloc((block - (content.length % block)) % block)]
  })
  return Buffer.concat([...(await Promise.all(parts)).flat(), Buffer.alloc(2 * block)])
}

const block = 512

const header = (
  { path, mode, uid, gid }: Pick<InjectedFile, 'path' | 'mode' | 'uid' | 'gid'>,
  size: number,
): Buffer => {
  const bytes = Buffer.alloc(block)
  const [name, prefix] = splitPath(path.replace(/^\/+/, ''))
  const octal = (value: number, at: number, length: number): void => {
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  }
  bytes.write(name, 0)
  octal(mode, 100, 8)
  octal(uid, 108, 8)
  octal(gid, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  bytes.write('        0', 148, 'latin1')
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.write(prefix, 345)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

/** A name of at most 100 bytes, and what stands before it, cut at a slash. */
const splitPath = (path: string): [string, string] => {
  if (Buffer.byteLength(path) <= 100) return [path, '']
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)]
    if (Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return [name, prefix]
  }
  throw new RangeError(`path too long for a tar: ${path}`)
}
