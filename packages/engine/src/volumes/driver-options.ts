import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { badParameter } from '../api/errors.ts'

/** Where the data of a volume lies, by the options of the local driver. */
export type Storage =
  /** A directory of its own. */
  | { readonly kind: 'directory' }
  /** A directory of the host: `type=none`, `o=bind`, `device=/path`. */
  | { readonly kind: 'bind'; readonly target: string }
  /** A file system in a file, which a machine has as a disk: `type=ext4`, with `size=10g` if need be. */
  | { readonly kind: 'ext4'; readonly bytes: number }

const gibibyte = 1024 ** 3
const defaultDiskBytes = 64 * gibibyte
/** A journal needs room; files of the host end somewhere too (ext4: 16 TiB). */
const smallestDiskBytes = 16 * 1024 ** 2
const largestDiskBytes = 8 * 1024 ** 4

/**
 * @throws ApiError 400 for what Docker would hand to mount(2), such as nfs or tmpfs, and for unknown options
 */
export const storageOf = (name: string, options: Readonly<Record<string, string>>): Storage => {
  const fault = (message: string) => badParameter(`create ${name}: ${message}`)
  const unknown = Object.keys(options).find((option) => !['type', 'o', 'device', 'size'].includes(option))
  if (unknown !== undefined) throw fault(`invalid option: "${unknown}"`)
  if (Object.keys(options).length === 0) return { kind: 'directory' }
  const { type = '', o = '', device = '', size } = options
  const words = o.split(',').filter((word) => word !== '' && word !== 'rw')
  if (type === 'ext4') return { kind: 'ext4', bytes: diskBytes({ words, device, size }, fault) }
  const isBind = words.length > 0 && words.every((word) => word === 'bind' || word === 'rbind')
  if (size !== undefined || !['', 'none', 'bind'].includes(type) || !isBind)
    throw fault(
      `of the mounts that the local driver can make only a directory of the host (type: none, o: bind, device: /path) and a disk of its own (type: ext4) are supported, not type=${type || 'none'} o=${o}${size === undefined ? '' : ` size=${size}`}`,
    )
  if (!isAbsolute(device) || !statSync(device, { throwIfNoEntry: false })?.isDirectory())
    throw fault(`device "${device}" is no directory of the host`)
  return { kind: 'bind', target: device }
}

interface DiskOptions {
  /** Of `o`. */
  readonly words: readonly string[]
  readonly device: string
  readonly size: string | undefined
}

const diskBytes = ({ words, device, size }: DiskOptions, fault: (message: string) => Error): number => {
  // A file system that somebody else has made is never opened: only what the engine makes is one.
  if (device !== '') throw fault(`type=ext4 takes no device: the disk is made by the engine, not "${device}"`)
  const other = words.find((word) => !word.startsWith('size='))
  if (other !== undefined) throw fault(`type=ext4 does not know the mount option "${other}"`)
  const sizes = [...(size === undefined ? [] : [size]), ...words.map((word) => word.slice('size='.length))]
  if (new Set(sizes).size > 1) throw fault(`two sizes: ${sizes.join(' and ')}`)
  const [text] = sizes
  if (text === undefined) return defaultDiskBytes
  const bytes = parseSize(text)
  if (bytes === undefined) throw fault(`invalid size: '${text}'`)
  if (bytes < smallestDiskBytes || bytes > largestDiskBytes)
    throw fault(`a disk of type ext4 has between 16m and 8t, not ${text}`)
  return bytes
}

/** `10g`, `512M`, `1.5GiB`, `1073741824`: powers of 1024, as in Docker (go-units' RAMInBytes). */
const parseSize = (text: string): number | undefined => {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? []
  return number === undefined
    ? undefined
    : Math.floor(Number(number) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase() || ' '))
}
