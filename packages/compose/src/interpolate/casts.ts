import { goQuote } from '../tree/go-text.ts'
import { type Table, table } from '../tree/patterns.ts'
import { Fraction, type Value } from '../tree/value.ts'

/** The value that a text stands for at a place that takes no text, or what is wrong with it in Go's words. */
export type CastResult = { readonly value: Value } | { readonly problem: string }
export type Cast = (text: string, warn: (message: string) => void) => CastResult

const wholeNumber =
  (reader: string): Cast =>
  (text) => {
    if (!/^[+-]?[0-9]+$/.test(text)) return invalid(reader, text, 'invalid syntax')
    const value = BigInt(text.replace('+', ''))
    if (value >= 2n ** 63n || value < -(2n ** 63n)) return invalid(reader, text, 'value out of range')
    return { value: Number.isSafeInteger(Number(value)) ? Number(value) : value }
  }

export const toInt = wholeNumber('strconv.Atoi')
export const toInt64 = wholeNumber('strconv.ParseInt')

const decimal = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$/i

const hexadecimal = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?[0-9]+)$/i
const joinedDigits = /(?<=[0-9a-f]|0x)_(?=[0-9a-f])/gi

/** Go's ParseFloat. */
export const readFloat = (written: string): number | undefined => {
  const text = written.replace(joinedDigits, '')
  if (decimal.test(text)) return Number(text)
  const [, sign, whole = '', part = '', exponent] = hexadecimal.exec(text) ?? []
  if (whole + part !== '')
    return Number(`${sign}1`) * Number.parseInt(whole + part, 16) * 2 ** (Number(exponent) - 4 * part.length)
  const word = text.toLowerCase().replace(/^\+/, '')
  if (word === 'inf' || word === 'infinity') return Number.POSITIVE_INFINITY
  if (word === '-inf' || word === '-infinity') return Number.NEGATIVE_INFINITY
  return word === 'nan' ? Number.NaN : undefined
}

/** True for digits that make no number. */
export const isOutOfRange = (text: string, value: number): boolean =>
  !Number.isFinite(value) && decimal.test(text)

const fraction =
  (single: boolean): Cast =>
  (text) => {
    const value = readFloat(text)
    if (value === undefined) return invalid('strconv.ParseFloat', text, 'invalid syntax')
    if (isOutOfRange(text, value)) return invalid('strconv.ParseFloat', text, 'value out of range')
    return { value: new Fraction(single ? Math.fround(value) : value, single) }
  }

export const toFloat = fraction(false)
export const toFloat32 = fraction(true)

export const toBoolean: Cast = (text, warn) => {
  const word = text.toLowerCase()
  if (word === 'true' || word === 'false') return { value: word === 'true' }
  const isYes = word === 'y' || word === 'yes' || word === 'on'
  if (!isYes && word !== 'n' && word !== 'no' && word !== 'off')
    return { problem: `invalid boolean: ${text}` }
  warn(`${goQuote(text)} for boolean is not supported by YAML 1.2, please use \`${isYes}\``)
  return { value: isYes }
}

const invalid = (reader: string, text: string, why: string): CastResult => ({
  problem: `${reader}: parsing ${goQuote(text)}: ${why}`,
})

const service = (rows: Readonly<Record<string, Cast>>): [string, Cast][] =>
  Object.entries(rows).map(([path, cast]) => [`services.*.${path}`, cast])

/** Places whose texts are turned into what they stand for once variables are replaced. */
export const casts: Table<Cast> = table<Cast>([
  ...service({
    cpu_count: toInt64,
    cpu_percent: toFloat,
    cpu_period: toInt64,
    cpu_quota: toInt64,
    cpu_rt_period: toInt64,
    cpu_rt_runtime: toInt64,
    cpus: toFloat32,
    cpu_shares: toInt64,
    init: toBoolean,
    'deploy.replicas': toInt,
    'deploy.update_config.parallelism': toInt,
    'deploy.update_config.max_failure_ratio': toFloat,
    'deploy.rollback_config.parallelism': toInt,
    'deploy.rollback_config.max_failure_ratio': toFloat,
    'deploy.restart_policy.max_attempts': toInt,
    'deploy.placement.max_replicas_per_node': toInt,
    'healthcheck.retries': toInt,
    'healthcheck.disable': toBoolean,
    oom_kill_disable: toBoolean,
    oom_score_adj: toInt64,
    pids_limit: toInt64,
    'ports.[].target': toInt,
    privileged: toBoolean,
    read_only: toBoolean,
    scale: toInt,
    stdin_open: toBoolean,
    tty: toBoolean,
    'ulimits.*': toInt,
    'ulimits.*.hard': toInt,
    'ulimits.*.soft': toInt,
    'volumes.[].read_only': toBoolean,
    'volumes.[].volume.nocopy': toBoolean,
  }),
  ['networks.*.external', toBoolean],
  ['networks.*.internal', toBoolean],
  ['networks.*.attachable', toBoolean],
  ['networks.*.enable_ipv4', toBoolean],
  ['networks.*.enable_ipv6', toBoolean],
  ['volumes.*.external', toBoolean],
  ['secrets.*.external', toBoolean],
  ['configs.*.external', toBoolean],
])
