import type { Report } from '../report.ts'
import { locateKey, locatePath } from '../tree/locate.ts'
import { type Dict, isDict, isList, type Value } from '../tree/value.ts'
import { check, type Violation } from './check.ts'
import { composeFile } from './compose.ts'

/** Checks a document against the schema; takes out `version`, which means nothing. `file` is the one just merged in. */
export const checkSchema = (root: Dict, file: string, report: Report): void => {
  for (const violation of check(composeFile, root)) {
    const path = violation.path.join('.')
    report.fault(violation.code, `validating ${file}: ${path} ${violation.message}`, {
      at: locate(root, violation),
      hint: violation.hint,
      path: violation.path,
      keys: violation.keys,
    })
  }
  if (!root.has('version')) return
  const at = locateKey(root, 'version')
  report.warn(
    'OBSOLETE_VERSION',
    `${file}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
    at,
  )
  root.delete('version')
}

const locate = (root: Dict, { path, keys = [] }: Violation) => {
  const holder = keys.length === 0 ? undefined : valueAt(root, path)
  const places = isDict(holder) ? keys.flatMap((key) => locateKey(holder, key) ?? []) : []
  return places.length > 0 ? places : locatePath(root, path)
}

const valueAt = (root: Dict, path: readonly string[]): Value | undefined => {
  let value: Value | undefined = root
  for (const part of path)
    value = isDict(value) ? value.get(part) : isList(value) ? value[Number(part)] : undefined
  return value
}
