import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '@container-compose/core'
import { bindProject } from './bind/project.ts'
import type { LoadContext, SharedState } from './context.ts'
import { systemMessage } from './env/env-files.ts'
import { type ServiceFileContext, withEnvFiles, withLabelFiles } from './env/service-files.ts'
import { loadModel } from './load-model.ts'
import type { Locations, Path } from './locations.ts'
import type { Project } from './model/project.ts'
import type { Service } from './model/service.ts'
import { nameInFiles, problemAsNamed } from './name-in-files.ts'
import { normalize } from './normalize/normalize.ts'
import type { LoadOptions, Stages } from './options.ts'
import { type ParsedFile, parseFile } from './parse/read-document.ts'
import { normalizeProjectName } from './project-name.ts'
import { Report } from './report.ts'
import { withProfiles } from './select/profiles.ts'
import { withoutUnusedResources } from './select/resources.ts'
import { selectServices } from './select/services.ts'
import { folderName, resolveSurroundings, type Surroundings } from './surroundings.ts'
import { locatePath } from './tree/locate.ts'
import { cloneValue, type Dict } from './tree/value.ts'
import { checkConsistency } from './validate/consistency.ts'
import { alignReplicas } from './validate/replicas.ts'
import type { Warning } from './warning.ts'

export interface LoadedProject {
  readonly project: Project
  readonly warnings: readonly Warning[]
  readonly locations: Locations
}

/** A project as a tree of what its files say, in long form: what remains when nothing is interpolated. */
export interface LoadedModel {
  readonly name: string
  readonly root: Dict
  readonly warnings: readonly Warning[]
}

const allStages: Stages = {
  interpolate: true,
  resolvePaths: true,
  normalize: true,
  checkConsistency: true,
  resolveEnvironment: true,
}

/**
 * Finds, reads and resolves a project.
 *
 * @throws UserError or UserErrors: every fault that could be found in one run, with its place.
 */
export const loadProject = (options: LoadOptions): Promise<LoadedProject> =>
  told(new Report(options.onWarning), (report) => load(options, report))

/** Whatever looking at the rest of a faulty project comes to, its faults are the answer. */
const told = async <T>(report: Report, work: (report: Report) => Promise<T>): Promise<T> => {
  try {
    return await work(report)
  } catch (error) {
    report.stopIfFailed()
    throw error
  }
}

const load = async (options: LoadOptions, report: Report): Promise<LoadedProject> => {
  const loaded = await loadTree(options, report)
  const { root, name, stages, surroundings, environment } = loaded
  root.delete('name')
  const { secretContents, ...bound } = bindProject(root, report)
  const project: Project = {
    name,
    ...bound,
    workingDirectory: surroundings.workingDirectory,
    composeFiles: surroundings.files,
    envFiles: surroundings.envFiles,
    environment,
    profiles: surroundings.profiles,
    disabledServices: Object.create(null),
    secretContents,
  }
  const enabled = withProfiles(project, surroundings.profiles)
  if (stages.checkConsistency)
    checkConsistency(enabled, (path, code, message) => {
      if (!mayFollow(path, code, report)) report.faultAt(root, path, code, message)
    })
  if (report.failed) resolveFiles(enabled.services, loaded, report)
  report.stopIfFailed()
  const checked = stages.checkConsistency
    ? { ...enabled, services: alignReplicas(enabled.services) }
    : enabled
  const selected = selectServices(checked, options.services ?? [])
  const resolved = { ...selected, services: resolveFiles(selected.services, loaded, report) }
  report.stopIfFailed()
  return {
    project: options.allResources ? resolved : withoutUnusedResources(resolved),
    warnings: report.warnings,
    locations: { of: (path) => locatePath(root, path) },
  }
}

/** Whether an inconsistency may come from what was cut out: of the service, or of what it refers to. */
const mayFollow = ([kind = '', name]: Path, code: string, report: Report): boolean => {
  if (!report.failed) return false
  const isReference = code.startsWith('UNDEFINED_')
  if (!isReference) return report.blames(String(kind), String(name))
  return ['networks', 'volumes', 'secrets', 'configs', 'models'].some((each) => report.blames(each))
}

/**
 * Finds and reads a project and gives the tree of its files, for what is asked about the files themselves.
 *
 * @throws UserError or UserErrors
 */
export const loadProjectModel = (options: LoadOptions): Promise<LoadedModel> =>
  told(new Report(options.onWarning), async (report) => {
    const { root, name } = await loadTree(options, report)
    report.stopIfFailed()
    return { name, root: cloneValue(root) as Dict, warnings: report.warnings }
  })

interface LoadedTree {
  readonly root: Dict
  readonly name: string
  readonly stages: Stages
  readonly surroundings: Surroundings
  readonly environment: Readonly<Record<string, string>>
}

/** The stages in their order: surroundings, parse, name, model (see `loadModel`), normalize. */
const loadTree = async (options: LoadOptions, report: Report): Promise<LoadedTree> => {
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

const resolveFiles = (
  services: Readonly<Record<string, Service>>,
  { root, stages, environment, surroundings: { cwd } }: LoadedTree,
  report: Report,
): Record<string, Service> => {
  const resolved: Record<string, Service> = Object.create(null)
  for (const name of Object.keys(services)) {
    const context = (attribute: string): ServiceFileContext => ({
      environment,
      report,
      cwd,
      at: (index) => locatePath(root, ['services', name, attribute, index]),
    })
    const service = services[name] as Service
    const withEnvironment = stages.resolveEnvironment ? withEnvFiles(service, context('env_file')) : service
    resolved[name] = withLabelFiles(withEnvironment, context('label_file'))
  }
  return resolved
}
