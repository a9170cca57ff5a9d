/** A member of an archive: a directory without data, else a file. */
export interface CpioEntry {
  /** Relative, without leading slash. */
  readonly name: string
  readonly mode: number
  readonly data?: Buffer
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number]
}

/** A cpio archive in the format "newc", all owned by root (Documentation/driver-api/early-userspace/buffer-format.rst). */
export const writeCpio = (entries: readonly CpioEntry[]): Buffer =>
  Buffer.concat([
    ...entries.flatMap((entry, index) => member(entry, index + 1)),
    ...member({ name: 'TRAILER!!!', mode: 0 }, 0),
  ])

const member = (
  { name, mode, data = Buffer.alloc(0), device = [0, 0] }: CpioEntry,
  inode: number,
): Buffer[] => {
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, ...device, name.length + 1, 0]
  const header = Buffer.from(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}${name}\0`)
  return [header, padding(header.length), data, padding(data.length)]
}

const padding = (length: number): Buffer => Buffer.alloc((4 - (length % 4)) % 4)
