import { UserError } from '@container-compose/core'
import { toCanonical } from './canonical/canonical.ts'
import { setDefaults } from './canonical/defaults.ts'
import { omitEmpty } from './canonical/omit-empty.ts'
import type { LoadContext, LoadedDocument } from './context.ts'
import { resolveVariables } from './env/resolve-variables.ts'
import { applyExtends } from './extends/extends.ts'
import { applyIncludes } from './include/include.ts'
import { mergeFiles } from './merge/merge.ts'
import { applyResets } from './merge/reset.ts'
import { keepUnique } from './merge/unique.ts'
import { loadDocuments } from './parse/load-documents.ts'
import { resolvePaths } from './paths/resolve.ts'
import type { Report } from './report.ts'
import { checkSchema } from './schema/check-document.ts'
import { cutOut } from './tree/cut-out.ts'
import { Dict, isDict } from './tree/value.ts'
import { checkRules } from './validate/rules.ts'

/**
 * Loads files as one model in long form: the order of the stages up to normalization. Called for the project's files and for
 * those of each include. Faults go to the report.
 */
export const loadModel = (files: readonly string[], context: LoadContext): Dict => {
  const { report, stages, environment, workingDirectory, cwd, home, shared } = context
  shared.filesLeft -= files.length
  if (shared.filesLeft < 0)
    throw new UserError('TOO_MANY_FILES', 'include: more than 1000 files, do they include each other?')
  let root = new Dict()
  for (const file of files)
    for (const document of loadDocuments(file, context)) root = addDocument(root, document, context)
  if (isBeyondRepair(root, report)) return root
  setDefaults(root, report)
  checkRules(root, report)
  if (stages.resolvePaths) resolvePaths(root, { base: workingDirectory, cwd, home, report })
  if (isBeyondRepair(root, report)) return root
  resolveVariables(root, environment)
  return root
}

const refersToOthers = (root: Dict): boolean => {
  const services = root.get('services')
  const all = isDict(services) ? [...services.values()] : []
  return root.has('include') || all.some((service) => isDict(service) && service.has('extends'))
}

/** One run tells all faults: what is faulty is cut out, and the rest looked at, as long as it still says something. */
const isBeyondRepair = (root: Dict, report: Report): boolean => {
  if (!report.failed) return false
  if (report.isPartial) return true
  cutOut(root, report.takeFaultyParts())
  return false
}

const addDocument = (base: Dict, document: LoadedDocument, context: LoadContext): Dict => {
  const { report, stages } = context
  if (document.isInterpolated && !applyExtends(document, context)) return base
  applyResets(base, document.resets)
  if (document.isInterpolated) applyIncludes(document, context, loadModel)
  else if (refersToOthers(document.root)) report.giveUp()
  const root = mergeFiles(base, document.root, (path) =>
    report.faultAt(document.root, path.split('.'), 'MERGE_CLASH', `cannot override ${path}`),
  )
  keepUnique(root, report)
  checkSchema(root, document.file, report)
  if (isBeyondRepair(root, report)) return root
  toCanonical(root, { report, keepUnreadable: !stages.interpolate })
  if (isBeyondRepair(root, report)) return root
  omitEmpty(root)
  keepUnique(root, report)
  return root
}
