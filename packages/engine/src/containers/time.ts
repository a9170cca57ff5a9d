/** Go's zero time, which the API writes for "never". */
export const never = '0001-01-01T00:00:00Z'

/** RFC 3339 with nanoseconds, as the API writes times. Zero is never. */
export const rfc3339 = (ms: number): string => (ms === 0 ? never : new Date(ms).toISOString())

/** Nanoseconds since the epoch as RFC 3339 with nine digits, as `logs --timestamps` writes them. */
export const rfc3339Nano = (ns: bigint): string => {
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  return `${seconds}.${(ns % 1_000_000_000n).toString().padStart(9, '0')}Z`
}

/**
 * A time of a query: seconds with an optional fraction, or RFC 3339. Nanoseconds since the epoch; undefined when absent or 0.
 *
 * @throws RangeError when it is neither.
 */
export const parseTime = (text: string | null): bigint | undefined => {
  if (text === null || text === '' || text === '0') return undefined
  const [, seconds, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? []
  if (seconds !== undefined) return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new RangeError(`invalid time: ${text}`)
  const [, digits = ''] = /\.(\d{1,9})/.exec(text) ?? []
  return BigInt(Math.floor(ms / 1000)) * 1_000_000_000n + BigInt(digits.padEnd(9, '0'))
}
