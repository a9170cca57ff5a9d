import { durationMs } from '@container-compose/compose'

/** Nanoseconds of a duration, the unit of the API; undefined for none. */
export const nanoseconds = (duration: string | undefined): number | undefined => {
  const ms = durationMs(duration)
  return ms === undefined ? undefined : Math.round(ms * 1e6)
}

/** The object without members that say nothing: undefined, empty lists and empty objects. */
export const compact = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => !isEmpty(member))) as Value

const isEmpty = (value: unknown): boolean => {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0
}
