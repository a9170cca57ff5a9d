/** Bits of Go's os.FileMode beyond the permissions (https://pkg.go.dev/io/fs#FileMode), which Docker's API carries. */
const goBits = {
  directory: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  namedPipe: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  characterDevice: 2 ** 21,
  sticky: 2 ** 20,
} as const

const typeBits = new Map<number, number>([
  [0o040000, goBits.directory],
  [0o120000, goBits.symlink],
  [0o060000, goBits.device],
  [0o020000, goBits.device + goBits.characterDevice],
  [0o010000, goBits.namedPipe],
  [0o140000, goBits.socket],
])

/** `st_mode` of stat(2) as os.FileMode. */
export const goFileMode = (mode: number): number =>
  (mode & 0o777) +
  (typeBits.get(mode & 0o170000) ?? 0) +
  (mode & 0o4000 ? goBits.setuid : 0) +
  (mode & 0o2000 ? goBits.setgid : 0) +
  (mode & 0o1000 ? goBits.sticky : 0)
