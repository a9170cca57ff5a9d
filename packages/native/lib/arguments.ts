/** Argument checks, in one wording. They throw TypeError or RangeError: a wrong argument is a bug of the caller. */

const received = (value: unknown): string => `received ${JSON.stringify(value)} (${typeof value})`

export const checkString = (name: string, value: unknown): string => {
  if (typeof value === 'string' && value !== '' && !value.includes('\0')) return value
  throw new TypeError(`Expected a text that is not empty for \`${name}\`, ${received(value)}`)
}

export const checkInteger = (name: string, value: unknown, min: number, max: number): number => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  throw new RangeError(`Expected an integer from ${min} to ${max} for \`${name}\`, ${received(value)}`)
}

/** The name of a network link: 1–15 bytes, no `/`, no blank (dev_valid_name in the kernel's net/core/dev.c). */
export const checkLinkName = (name: string, value: unknown): string => {
  if (typeof value === 'string' && /^[^/\s:]{1,15}$/.test(value) && Buffer.byteLength(value) <= 15) {
    if (value !== '.' && value !== '..') return value
  }
  throw new TypeError(`Expected a link name of 1 to 15 bytes for \`${name}\`, ${received(value)}`)
}
