import { isIP } from 'node:net'
import type { Report } from '../report.ts'
import { goText } from '../tree/go-text.ts'
import { table } from '../tree/patterns.ts'
import { patternOf, transformTree } from '../tree/transform.ts'
import { type Dict, isDict, type Value } from '../tree/value.ts'

/** What is wrong with a value, if anything. */
type Rule = (value: Value, path: string) => string | undefined

const externalAlone: Rule = (value, path) => {
  if (!isDict(value) || value.get('external') !== true) return undefined
  for (const key of value.keys())
    if (key !== 'name' && key !== 'external' && !key.startsWith('x-'))
      return `${path}: conflicting parameters "external" and "${key}" specified`
  return undefined
}

const oneSource =
  (...keys: string[]): Rule =>
  (value, path) => {
    if (!isDict(value)) return undefined
    const given = keys.filter((key) => value.has(key)).length
    if (given > 1) return `${path}: ${keys.join('|')} attributes are mutually exclusive`
    if (given === 0 && !value.has('driver') && !value.has('external'))
      return `${path}: one of ${keys.join('|')} must be set`
    return undefined
  }

const hostAddress: Rule = (value, path) => {
  const address = isDict(value) ? value.get('host_ip') : undefined
  if (address === undefined || (typeof address === 'string' && isIP(address) !== 0 && !address.includes('%')))
    return undefined
  return `${path}: invalid ip address: ${goText(address)}`
}

const countOrIds: Rule = (value, path) =>
  isDict(value) && value.has('count') && value.has('device_ids')
    ? `${path}: "count" and "device_ids" attributes are exclusive`
    : undefined

const rules = table<Rule>([
  ['volumes.*', externalAlone],
  ['configs.*', oneSource('file', 'environment', 'content')],
  ['secrets.*', oneSource('file', 'environment')],
  ['services.*.ports.*', hostAddress],
  [
    'services.*.develop.watch.*.path',
    (value, path) => (value === '' ? `${path}: value can't be blank` : undefined),
  ],
  ['services.*.deploy.resources.reservations.devices.*', countOrIds],
  ['services.*.gpus.*', countOrIds],
])

/** Checks what a schema can't say about single attributes of a document in long form. */
export const checkRules = (root: Dict, report: Report): void =>
  transformTree(root, rules, (rule, value, path) => {
    const problem = rule(value, patternOf(path))
    if (problem !== undefined) report.faultAt(root, path, 'RULE', problem)
    return value
  })
