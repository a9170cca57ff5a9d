import { UserError, UserErrors } from '@container-compose/core'
import { type LoadedProject, loadProject } from '../load.ts'
import type { LoadOptions } from '../options.ts'

/** Loads a text as the only file of a project `demo` in `/project`, a folder that isn't there. For tests. */
export const loadText = (text: string, options: Partial<LoadOptions> = {}): Promise<LoadedProject> =>
  loadProject({
    cwd: '/project',
    environment: { HOME: '/home/user' },
    files: ['-'],
    projectName: 'demo',
    readStandardInput: async () => text,
    ...options,
  })

export interface ShownFault {
  readonly code: string
  readonly message: string
  /** `line:column` */
  readonly at: string | undefined
  readonly hint: string | undefined
}

/** What a load is refused for; a failure that is no UserError is thrown on. For tests. */
export const faultsOf = async (loading: Promise<unknown>): Promise<ShownFault[]> => {
  try {
    await loading
    return []
  } catch (error) {
    const errors = error instanceof UserErrors ? error.errors : [error]
    return errors.map((each) => {
      if (!(each instanceof UserError)) throw each
      const [place] = each.at
      const at = place === undefined ? undefined : `${place.line}:${place.column}`
      return { code: each.code, message: each.message, at, hint: each.hint }
    })
  }
}
