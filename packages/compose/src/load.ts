import { UserError } from '@container-compose/core'
import type { Locations } from './locations.ts'
import type { Project } from './model/project.ts'
import type { LoadOptions } from './options.ts'
import type { Warning } from './warning.ts'

export interface LoadedProject {
  readonly project: Project
  readonly warnings: readonly Warning[]
  readonly locations: Locations
}

/**
 * Finds, reads and resolves a project.
 *
 * @throws UserError or UserErrors: every fault that could be found in one run, with its place.
 */
export const loadProject = async (_options: LoadOptions): Promise<LoadedProject> => {
  throw new UserError('NO_PROJECT', 'no configuration file provided: not found')
}
