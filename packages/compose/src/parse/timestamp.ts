import { Timestamp } from '../tree/value.ts'

const form =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/

/** A date, or a date with a time, as yaml.v3 reads it: RFC 3339 with short fields, or with a space and without a zone. */
export const readTimestamp = (text: string): Timestamp | undefined => {
  if (text.charCodeAt(4) !== 0x2d) return undefined
  const match = form.exec(text)
  if (match === null) return undefined
  const [
    ,
    year = '',
    month = '',
    day = '',
    separator,
    hour = '0',
    minute = '0',
    second = '0',
    part = '',
    zone,
  ] = match
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return undefined
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  const [h, min, s] = [Number(hour), Number(minute), Number(second)]
  if (m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || h > 23 || min > 59 || s > 59) return undefined
  const two = (value: number): string => String(value).padStart(2, '0')
  const fraction = part.slice(0, 9).replace(/0+$/, '')
  const suffix = zone === undefined || zone === '+00:00' ? 'Z' : zone
  const full = `${year}-${two(m)}-${two(d)}T${two(h)}:${two(min)}:${two(s)}${fraction && `.${fraction}`}${suffix}`
  return new Timestamp(new Date(full), full)
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()
