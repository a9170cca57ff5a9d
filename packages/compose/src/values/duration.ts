import type { Read } from './result.ts'

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  '\u00b5s': 1000n,
  '\u03bcs': 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}
const longest = 2n ** 63n - 1n

/** A duration (`1m30s`, `1.5h`, `2d`) in nanoseconds. */
export const readDuration = (text: string): Read<bigint> => {
  const invalid = { problem: `time: invalid duration "${text}"` }
  const negative = text.startsWith('-')
  let rest = negative || text.startsWith('+') ? text.slice(1) : text
  if (rest === '0') return { value: 0n }
  if (rest === '') return invalid
  let total = 0n
  while (rest !== '') {
    const [number = '', whole = '', part] = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest) ?? []
    if (whole === '' && (part === undefined || part === '')) return invalid
    rest = rest.slice(number.length)
    const [name = ''] = /^[^.0-9]*/.exec(rest) ?? []
    if (name === '') return { problem: `time: missing unit in duration "${text}"` }
    const unit = Object.hasOwn(units, name) ? units[name] : undefined
    if (unit === undefined) return { problem: `time: unknown unit "${name}" in duration "${text}"` }
    rest = rest.slice(name.length)
    total += BigInt(whole || '0') * unit
    if (part) total += BigInt(Math.trunc(Number(`0.${part}`) * Number(unit)))
    if (total > longest) return invalid
  }
  return { value: negative ? -total : total }
}

/** The canonical text of a duration: what Go's `Duration.String` prints. */
export const durationText = (nanoseconds: bigint): string => {
  if (nanoseconds === 0n) return '0s'
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  for (const [unit, below] of [
    ['ns', 1000n],
    ['us', 1_000_000n],
    ['ms', 1_000_000_000n],
  ] as const)
    if (size < below)
      return `${sign}${decimals(size, units[unit === 'us' ? 'us' : unit] as bigint)}${unit === 'us' ? '\u00b5s' : unit}`
  const hours = size / (units['h'] as bigint)
  const minutes = (size / (units['m'] as bigint)) % 60n
  const seconds = decimals(size % (units['m'] as bigint), units['s'] as bigint)
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0n ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

const decimals = (size: bigint, unit: bigint): string => {
  const rest = (size % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '')
  return `${size / unit}${unit === 1n || rest === '' ? '' : `.${rest}`}`
}

/**
 * A canonical duration (`DurationText` of the model) in milliseconds; undefined when it was not set.
 * Throws on a text that is no duration, which a loaded project does not hold.
 */
export const durationMs = (duration: string | undefined): number | undefined => {
  if (duration === undefined) return undefined
  const read = readDuration(duration)
  if ('problem' in read) throw new Error(read.problem)
  return Number(read.value) / 1e6
}
