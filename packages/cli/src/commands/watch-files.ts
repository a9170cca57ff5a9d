import type { LoadedProject } from '@container-compose/compose'
import {
  type ActionContext,
  type DesiredState,
  hostPaths,
  inTurn,
  type Rule,
  rebuildService,
  restart,
  scopeOfProject,
  watch,
  watchRules,
} from '@container-compose/orchestrator'
import { writeWarning } from '../progress/warning.ts'
import type { AnyInvocation } from '../project.ts'

/** The watch rules of these services, dependencies of the named ones among them. Warnings about them are written. */
export const rulesOf = (
  invocation: AnyInvocation,
  loaded: LoadedProject,
  { services }: Pick<DesiredState, 'services'>,
): readonly Rule[] => {
  const { rules, warnings } = watchRules(
    loaded,
    services.map(({ name }) => name),
    hostPaths,
  )
  for (const message of warnings) writeWarning(message, invocation)
  return rules
}

export interface WatchSession {
  readonly loaded: LoadedProject
  readonly desired: DesiredState
  readonly rules: readonly Rule[]
  /** Aborted: the end of watching. */
  readonly signal: AbortSignal
  /** `--prune` */
  readonly prune: boolean
  /** Nothing of what builds print is told. */
  readonly quietBuild: boolean
  /** Told around the exchange of a service's containers. */
  readonly onRebuild?: (isUnderWay: boolean) => void
}

/** Watches until the signal is aborted. An exchange or restart of containers that is under way then goes to its end. */
export const watchFiles = async (
  context: ActionContext,
  { loaded, desired, rules, signal, prune, quietBuild, onRebuild = () => {} }: WatchSession,
): Promise<void> => {
  const say = (message: string): void => context.emit({ type: 'watch', message })
  const turn = inTurn()
  await watch(context, {
    rules,
    signal,
    rebuild: async (service) => {
      onRebuild(true)
      try {
        await rebuildService({ ...context, signal }, desired, service, {
          inTurn: turn,
          prune,
          say,
          sayBuild: quietBuild ? () => {} : say,
        })
      } finally {
        onRebuild(false)
      }
    },
    restart: (service) =>
      turn(() =>
        restart({ ...context, emit: () => {}, signal }, scopeOfProject(loaded.project, [service]), {
          dependents: true,
          hot: true,
        }),
      ),
  })
  await turn(() => Promise.resolve())
}
