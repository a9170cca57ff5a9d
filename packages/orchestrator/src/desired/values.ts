/** Nanoseconds of a duration as Go writes it (`1m30s`); undefined for none. */
export const nanoseconds = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * (unitNanoseconds[unit ?? ''] ?? 0)
  return Math.round(total)
}

const unitNanoseconds: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

/** A byte count that the model keeps as digits. */
export const byteCount = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)

/** The object without members that say nothing: undefined, empty lists and empty objects. */
export const compact = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => !isEmpty(member))) as Value

const isEmpty = (value: unknown): boolean => {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0
}
