import type { Path } from '../locations.ts'
import type { Report } from '../report.ts'
import { table } from '../tree/patterns.ts'
import { patternOf, transformTree } from '../tree/transform.ts'
import type { Dict, Value } from '../tree/value.ts'
import { type LongForm, LongFormError } from './long-form.ts'
import {
  build,
  buildSsh,
  dependsOn,
  device,
  envFiles,
  extended,
  external,
  fileReference,
  gpus,
  keyValues,
  names,
  ports,
  stringOrList,
  textOf,
  ulimit,
  volume,
} from './long-forms.ts'

/** Short forms and the function that gives the long one. What stands below is treated afterwards. */
const longForms = table<LongForm>([
  ['services.*.build', build],
  ['services.*.build.secrets.*', fileReference],
  ['services.*.build.provenance', textOf],
  ['services.*.build.sbom', textOf],
  ['services.*.build.additional_contexts', keyValues],
  ['services.*.build.ssh', buildSsh],
  ['services.*.build.ulimits.*', ulimit],
  ['services.*.depends_on', dependsOn],
  ['services.*.env_file', envFiles],
  ['services.*.label_file', stringOrList],
  ['services.*.extends', extended],
  ['services.*.gpus', gpus],
  ['services.*.networks', names],
  ['services.*.models', names],
  ['services.*.volumes.*', volume],
  ['services.*.dns', stringOrList],
  ['services.*.devices.*', device],
  ['services.*.secrets.*', fileReference],
  ['services.*.configs.*', fileReference],
  ['services.*.ports', ports],
  ['services.*.ulimits.*', ulimit],
  ['services.*.develop.watch.*.ignore', stringOrList],
  ['services.*.develop.watch.*.include', stringOrList],
  ['volumes.*', external],
  ['networks.*', external],
  ['secrets.*', external],
  ['configs.*', external],
])

export interface CanonicalOptions {
  readonly report: Report
  /** Leave what can't be read as it is: it may hold variables that were not replaced. */
  readonly keepUnreadable: boolean
}

/** Brings a document into long form, in place. */
export const toCanonical = (root: Dict, { report, keepUnreadable }: CanonicalOptions): void => {
  const apply = (form: LongForm, value: Value, path: Path): Value => {
    try {
      return form(value, {
        path: patternOf(path),
        keepUnreadable,
        warn: (code, message) => report.warn(code, message),
      })
    } catch (error) {
      if (!(error instanceof LongFormError)) throw error
      const at = error.item === undefined ? path : [...path, error.item]
      // What could not be made long is short as a whole.
      report.faultAt(root, at, error.code, error.message, { path })
      return value
    }
  }
  transformTree(root, longForms, apply, { below: 'too' })
}
