import { isOutOfRange, readFloat } from '../interpolate/casts.ts'
import { goQuote } from '../tree/go-text.ts'
import type { Read } from './result.ts'

const powers = 'bkmgtp'

/** A size with an optional unit (`64m`, `1.5GiB`, `10 kb`), units being powers of 1024. */
export const readBytes = (text: string): Read<number> => {
  const last = Math.max(...[...'0123456789. '].map((character) => text.lastIndexOf(character)))
  if (last < 0) return { problem: `invalid size: '${text}'` }
  const number = text.slice(0, text[last] === ' ' ? last : last + 1)
  const suffix = text.slice(last + 1)
  const size = readFloat(number)
  if (size === undefined) return { problem: `strconv.ParseFloat: parsing ${goQuote(number)}: invalid syntax` }
  if (isOutOfRange(number, size))
    return { problem: `strconv.ParseFloat: parsing ${goQuote(number)}: value out of range` }
  if (size < 0) return { problem: `invalid size: '${text}'` }
  if (suffix === '') return { value: toInt64(size) }
  const unit = suffix.toLowerCase()
  const power = powers.indexOf(unit.charAt(0))
  const isKnown = suffix.length <= 3 && power >= 0 && (power === 0 ? unit === 'b' : /^.(b|ib)?$/.test(unit))
  if (!isKnown) return { problem: `invalid suffix: '${suffix.length > 3 ? suffix : unit}'` }
  return { value: toInt64(size * 1024 ** power) }
}

/** As Go converts: what is too large becomes the smallest number. */
const toInt64 = (size: number): number => (size < 2 ** 63 ? Math.trunc(size) : -(2 ** 63))

/** A canonical byte count (`Bytes` of the model) as a number; undefined when it was not set. */
export const byteCount = (bytes: string | undefined): number | undefined =>
  bytes === undefined ? undefined : Number(bytes)
