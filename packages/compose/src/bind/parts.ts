import { toInt64 } from '../interpolate/casts.ts'
import { goQuote, goType } from '../tree/go-text.ts'
import { isDict } from '../tree/value.ts'
import type { Shape } from './binder.ts'
import { recordOf, struct, text } from './shapes.ts'

/** A file mode: octal digits, or a number as YAML read it. */
const fileMode: Shape<string> = (value, binder) => {
  if (value === null) return undefined
  if (typeof value === 'number') return `0${value.toString(8)}`
  if (typeof value !== 'string') return binder.fault(`unexpected value type ${goType(value)} for mode`)
  if (!/^[+-]?[0-7]+$/.test(value))
    return binder.fault(`strconv.ParseInt: parsing ${goQuote(value)}: invalid syntax`)
  return `0${Number.parseInt(value, 8).toString(8)}`
}

export const fileReference = struct({ source: text, target: text, uid: text, gid: text, mode: fileMode })

const limit: Shape<number | object> = (value, binder) => {
  if (typeof value === 'number') return value === 0 ? {} : value
  if (!isDict(value)) return binder.fault(`unexpected value type ${goType(value)} for ulimit`)
  const made: Record<string, number> = {}
  for (const name of ['soft', 'hard']) {
    const size = value.get(name)
    const cast = typeof size === 'string' ? toInt64(size, () => {}) : { value: size ?? 0 }
    if ('problem' in cast) return binder.fault(cast.problem)
    if (Number(cast.value) !== 0) made[name] = Number(cast.value)
  }
  return made
}

export const ulimits = recordOf(limit)
