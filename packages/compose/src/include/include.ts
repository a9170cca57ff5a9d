import { statSync } from 'node:fs'
import { posix } from 'node:path'
import { UserError } from '@container-compose/core'
import type { LoadContext, LoadedDocument } from '../context.ts'
import { readEnvFiles } from '../env/env-files.ts'
import { joinPath } from '../paths/clean.ts'
import { folderOf, resolveIn } from '../paths/folders.ts'
import { refuseRemote } from '../paths/remote.ts'
import { goString } from '../tree/go-text.ts'
import { sameValue } from '../tree/same.ts'
import { Dict, isDict, isList } from '../tree/value.ts'
import { type Included, readEntry } from './entry.ts'

/** Loads files as one model; given, since the loader itself is made of this. */
export type LoadModel = (files: readonly string[], context: LoadContext) => Dict

const resources = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models']

/** Loads what a document includes and adds its resources to the document's own. Faults go to the report. */
export const applyIncludes = (document: LoadedDocument, context: LoadContext, load: LoadModel): void => {
  const { root } = document
  const include = root.get('include')
  if (include === undefined) return
  root.delete('include')
  const { report } = context
  if (include === null) return
  if (!isList(include)) {
    report.faultIn(document.node, 'INCLUDE', `\`include\` must be a list, got ${goString(include)}`)
    return
  }
  const chain = [...context.included, document.file]
  for (const [index, entry] of include.entries()) {
    const node = include.nodes?.[index]
    try {
      const included = readEntry(entry, index)
      if ('problem' in included) throw new UserError('INCLUDE', included.problem)
      importResources(root, loadIncluded(included, { ...context, included: chain }, load), report)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      if (node === undefined || error.at.length > 0) report.fault(error.code, error.message, error)
      else report.faultIn(node, error.code, error.message, { hint: error.hint })
    }
  }
}

const loadIncluded = (included: Included, context: LoadContext, load: LoadModel): Dict => {
  const { fileDirectory, workingDirectory, cwd, report } = context
  for (const path of included.paths) refuseRemote(path)
  const paths = included.paths.map((path) => resolveIn(fileDirectory, path))
  const main = paths[0] ?? ''
  if (context.included.includes(main)) throw cycle([...context.included, main])
  let projectDirectory = posix.dirname(main)
  let relative = folderOf(main, fileDirectory, cwd)
  if (posix.isAbsolute(included.projectDirectory)) {
    projectDirectory = included.projectDirectory
    relative = included.projectDirectory
  } else if (included.projectDirectory !== '') {
    projectDirectory = joinPath(workingDirectory, included.projectDirectory)
    relative = folderOf(included.projectDirectory, fileDirectory, cwd)
  }
  const { environment } = context
  const files = envFilesOf(included, projectDirectory, workingDirectory, cwd)
  const fromFiles = readEnvFiles(files, (name) => environment[name], report)
  return load(paths, {
    ...context,
    stages: { ...context.stages, resolvePaths: true },
    environment: Object.assign(Object.create(null), Object.fromEntries(fromFiles), environment),
    workingDirectory: relative,
    fileDirectory: projectDirectory,
  })
}

const envFilesOf = (
  { envFiles }: Included,
  projectDirectory: string,
  workingDirectory: string,
  cwd: string,
): string[] => {
  if (envFiles.length > 0)
    return envFiles.map((file) => {
      const path = posix.resolve(cwd, posix.isAbsolute(file) ? file : joinPath(workingDirectory, file))
      const found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined)
        throw new UserError('ENV_FILE_MISSING', `stat ${path}: no such file or directory`)
      if (found.isDirectory()) throw new UserError('ENV_FILE', `${path} is not a file`)
      return path
    })
  const initial = posix.resolve(cwd, projectDirectory, '.env')
  return statSync(initial, { throwIfNoEntry: false })?.isDirectory() === false ? [initial] : []
}

const cycle = ([first, ...more]: readonly string[]): UserError =>
  new UserError('INCLUDE_CYCLE', `include cycle detected:\n${first}\n include ${more.join('\n include ')}`)

const importResources = (root: Dict, imported: Dict, report: LoadContext['report']): void => {
  for (const kind of resources) {
    const from = imported.get(kind)
    if (!isDict(from)) continue
    const own = root.get(kind)
    const target = isDict(own) ? own : new Dict()
    for (const [name, resource] of from) {
      const present = target.get(name)
      if (present === undefined) target.set(name, resource)
      else if (!sameValue(present, resource))
        report.faultAt(
          root,
          [kind, name],
          'INCLUDE_CONFLICT',
          `${kind}.${name} conflicts with imported resource`,
        )
    }
    target.origins = [...target.origins, ...from.origins]
    root.set(kind, target)
  }
}
