import type { Report } from '../report.ts'
import { goText, goType } from '../tree/go-text.ts'
import { table } from '../tree/patterns.ts'
import { patternOf, transformTree } from '../tree/transform.ts'
import { type Dict, isDict, type Value } from '../tree/value.ts'

/** Sets what was left out; says what is wrong with a value that can't have defaults. */
type Defaults = (value: Value, path: string) => string | undefined

const setUnlessThere = (value: Dict, key: string, initial: Value): void => {
  if (!value.has(key)) value.set(key, initial)
}

const deviceRequest: Defaults = (value, path) => {
  if (!isDict(value)) return `${path}: invalid type ${goType(value)} for device request`
  if (!value.has('count') && !value.has('device_ids')) value.set('count', 'all')
  return undefined
}

const defaults = table<Defaults>([
  [
    'services.*.build',
    (value) => {
      if (isDict(value)) setUnlessThere(value, 'context', '.')
      return undefined
    },
  ],
  [
    'services.*.secrets.*',
    (value) => {
      if (isDict(value))
        setUnlessThere(value, 'target', `/run/secrets/${goText(value.get('source') ?? null)}`)
      return undefined
    },
  ],
  [
    'services.*.ports.*',
    (value) => {
      if (!isDict(value)) return undefined
      setUnlessThere(value, 'protocol', 'tcp')
      setUnlessThere(value, 'mode', 'ingress')
      return undefined
    },
  ],
  ['services.*.deploy.resources.reservations.devices.*', deviceRequest],
  ['services.*.gpus.*', deviceRequest],
])

/** Gives attributes that must be there their default values, in place. */
export const setDefaults = (root: Dict, report: Report): void =>
  transformTree(root, defaults, (set, value, path) => {
    const problem = set(value, patternOf(path))
    if (problem !== undefined) report.faultAt(root, path, 'WRONG_TYPE', problem)
    return value
  })
