import { checkInteger, checkString } from './arguments.ts'
import { binding } from './binding.ts'

/**
 * An anonymous file in memory, sparse, which `sealMemfd` may seal.
 *
 * @param size In bytes.
 */
export const memfd = (name: string, { size = 0 }: { readonly size?: number } = {}): number =>
  binding().memfd(checkString('name', name), checkInteger('size', size, 0, Number.MAX_SAFE_INTEGER))

/**
 * Forbids for ever that anybody resizes or writes the file.
 *
 * @throws SystemError `EBUSY` while it is mapped writable.
 */
export const sealMemfd = (fd: number): void =>
  binding().sealMemfd(checkInteger('fd', fd, 0, Number.MAX_SAFE_INTEGER))
