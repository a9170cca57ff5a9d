import { bindProject } from './bind/project.ts'
import { type ServiceFileContext, withEnvFiles, withLabelFiles } from './env/service-files.ts'
import { type LoadedTree, loadTree } from './load-tree.ts'
import type { Locations, Path } from './locations.ts'
import type { Project } from './model/project.ts'
import type { Service } from './model/service.ts'
import type { LoadOptions } from './options.ts'
import { Report } from './report.ts'
import { withProfiles } from './select/profiles.ts'
import { withoutUnusedResources } from './select/resources.ts'
import { selectServices } from './select/services.ts'
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
