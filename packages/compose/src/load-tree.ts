import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '@container-compose/core'
import type { LoadContext, SharedState } from './context.ts'
import { systemMessage } from './env/env-files.ts'
import { loadModel } from './load-model.ts'
import { nameInFiles, problemAsNamed } from './name-in-files.ts'
import { normalize } from './normalize/normalize.ts'
import type { LoadOptions, Stages } from './options.ts'
import { type ParsedFile, parseFile } from './parse/read-document.ts'
import { normalizeProjectName } from './project-name.ts'
import type { Report } from './report.ts'
import { folderName, resolveSurroundings, type Surroundings } from './surroundings.ts'
import type { Dict } from './tree/value.ts'

const allStages: Stages = {
  interpolate: true,
  resolvePaths: true,
  normalize: true,
  checkConsistency: true,
  resolveEnvironment: true,
}

/** A project's files as one tree in long form, and what was known around them. */
export interface LoadedTree {
  readonly root: Dict
  readonly name: string
  readonly stages: Stages
  readonly surroundings: Surroundings
  readonly environment: Readonly<Record<string, string>>
}

/** The stages in their order: surroundings, parse, name, model (see `loadModel`), normalize. */
export const loadTree = async (options: LoadOptions, report: Report): Promise<LoadedTree> => {
  const stages = { ...allStages, ...options.stages }
  const surroundings = resolveSurroundings(options, report)
  const { files, workingDirectory, givenName, cwd, home } = surroundings
  const shared = sharedState(files.includes('-') ? await options.readStandardInput?.() : undefined, cwd)
  const parsed = files.map((file) => shared.read(file))
  if (givenName === undefined) stopAtFirstDocument(parsed, report)
  const name = nameOf(parsed, surroundings, stages, report)
  const environment: Record<string, string> = Object.create(null)
  // Where nothing is interpolated nothing is looked up either, but for the name.
  if (stages.interpolate) Object.assign(environment, surroundings.environment)
  environment['COMPOSE_PROJECT_NAME'] = name
  const context: LoadContext = {
    report,
    stages,
    environment,
    workingDirectory,
    fileDirectory: workingDirectory,
    cwd,
    home,
    included: [],
    shared,
  }
  const root = loadModel(files, context)
  if (report.isPartial) report.stopIfFailed()
  if (root.size === 0) throw new UserError('EMPTY_FILE', 'empty compose file', { hint: 'add services to it' })
  if (name === '')
    throw new UserError('PROJECT_NAME', 'project name must not be empty', { hint: 'give one with -p' })
  if (stages.normalize) normalize(root, name, environment)
  return { root, name, stages, surroundings, environment }
}

const sharedState = (standardInput: string | undefined, cwd: string): SharedState => {
  const known = new Map<string, ParsedFile>()
  return {
    read(file) {
      const before = known.get(file)
      if (before !== undefined) return before
      const content = file === '-' ? Buffer.from(standardInput ?? '') : readContent(file, cwd)
      const parsed = parseFile(file, content)
      known.set(file, parsed)
      return parsed
    },
    extendedFiles: new Map(),
    filesLeft: 1000,
  }
}

const readContent = (file: string, cwd: string): Buffer => {
  try {
    return readFileSync(resolve(cwd, file))
  } catch (error) {
    throw new UserError('FILE_UNREADABLE', systemMessage(withPath(error, file)), { cause: undefined })
  }
}

/** Reading a folder tells the call, but not the path. */
const withPath = (error: unknown, path: string): unknown =>
  error instanceof Error ? Object.assign(error, { path }) : error

/** Looking for a name, the reference meets faults of first documents before all others, and words them in its own way. */
const stopAtFirstDocument = (files: readonly ParsedFile[], report: Report): void => {
  for (const { documents, fault } of files) {
    const [root] = documents
    if (root === undefined && fault !== undefined)
      report.fault('YAML_SYNTAX', fault.message, { at: fault.at, hint: fault.hint })
    const problem = root === undefined ? undefined : problemAsNamed(root)
    if (root !== undefined && problem !== undefined) report.faultIn(root, 'NOT_A_MAPPING', problem)
  }
  report.stopIfFailed()
}

const nameOf = (
  files: readonly ParsedFile[],
  { givenName, workingDirectory, environment }: Surroundings,
  { interpolate, normalize: normalized }: Stages,
  report: Report,
): string => {
  if (givenName !== undefined) return givenName
  const inFiles = nameInFiles(files, environment, { interpolated: interpolate, report })
  report.stopIfFailed()
  if (inFiles === undefined) return normalizeProjectName(folderName(workingDirectory, report))
  return normalized ? normalizeProjectName(inFiles) : inFiles
}
