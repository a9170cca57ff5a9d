import { constants } from 'node:os'
import { badParameter } from '../api/errors.ts'

const realTimeFirst = 34
const lastSignal = 64

/**
 * The number of a signal written as Docker takes it: `15`, `TERM`, `SIGTERM`, `RTMIN+3`.
 *
 * @throws ApiError 400 in dockerd's words.
 */
export const parseSignal = (text: string): number => {
  const number = /^\d+$/.test(text) ? Number(text) : namedSignal(text.toUpperCase().replace(/^SIG/, ''))
  if (number === undefined || number < 1 || number > lastSignal) throw badParameter(`invalid signal: ${text}`)
  return number
}

const namedSignal = (name: string): number | undefined => {
  const [, edge, sign, offset] = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name) ?? []
  if (edge !== undefined)
    return (edge === 'MIN' ? realTimeFirst : lastSignal) + (sign === '-' ? -1 : 1) * Number(offset ?? 0)
  return constants.signals[`SIG${name}` as NodeJS.Signals]
}
