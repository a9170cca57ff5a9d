import { checkInteger } from './arguments.ts'
import { binding } from './binding.ts'

/**
 * Copies what one file holds to the same places of another, whose own places there must read as zeros. Neither holes nor pages
 * of zeros are written, so a sparse file stays sparse, and becomes so. The size of `to` is not changed beyond the last data.
 *
 * @returns The bytes written.
 */
export const copyData = (from: number, to: number): Promise<number> =>
  binding().copyData(
    checkInteger('from', from, 0, Number.MAX_SAFE_INTEGER),
    checkInteger('to', to, 0, Number.MAX_SAFE_INTEGER),
  )
