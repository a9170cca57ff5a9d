import { expect, test } from 'vitest'
import { goFileMode } from './go-file-mode.ts'

// As Go prints them: os.Lstat(path).Mode(), in decimal.
test.each([
  ['a file', 0o100644, 420],
  ['a directory', 0o040755, 2147484141],
  ['a sticky directory', 0o041777, 2148532735],
  ['a symbolic link', 0o120777, 134218239],
  ['a setuid program', 0o104755, 8389101],
  ['a character device', 0o020666, 69206454],
])('%s has the bits of Go', (_, mode, expected) => {
  expect(goFileMode(mode)).toBe(expected)
})
