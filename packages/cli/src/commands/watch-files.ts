import type { LoadedProject } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import {
  type ActionContext,
  type Rule,
  readTextIfThere,
  restart,
  scopeOfProject,
  watch,
  watchRules,
} from '@container-compose/orchestrator'
import { writeWarning } from '../progress/warning.ts'
import type { AnyInvocation } from '../project.ts'

/** The watch rules of the named services, or of all. Warnings about them are written. */
export const rulesOf = (
  invocation: AnyInvocation,
  loaded: LoadedProject,
  named: readonly string[],
): readonly Rule[] => {
  const services = named.length > 0 ? named : Object.keys(loaded.project.services)
  const { rules, warnings } = watchRules(loaded, services, readTextIfThere)
  for (const message of warnings) writeWarning(message, invocation)
  return rules
}

export interface WatchSession {
  readonly invocation: AnyInvocation
  readonly loaded: LoadedProject
  readonly rules: readonly Rule[]
  /** Aborted: the end of watching. */
  readonly signal: AbortSignal
}

/** Watches until the signal is aborted. */
export const watchFiles = (context: ActionContext, { loaded, rules, signal }: WatchSession): Promise<void> =>
  watch(context, {
    rules,
    signal,
    rebuild: (service) => {
      throw new UserError('UNSUPPORTED_KEY', `service "${service}": rebuild is not supported yet`, {
        hint: 'build the image with another tool and load it, or use sync',
      })
    },
    restart: (service) =>
      restart({ ...context, emit: () => {}, signal }, scopeOfProject(loaded.project, [service]), {
        dependents: true,
        hot: true,
      }),
  })
