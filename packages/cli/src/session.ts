import type { LoadedProject } from '@container-compose/compose'
import {
  type ActionContext,
  type ComposeEvent,
  type DesiredState,
  desire,
  type Plan,
  type Scope,
  scopeOfProject,
} from '@container-compose/orchestrator'
import { openEngine } from './engine.ts'
import { BuildLog } from './progress/build-log.ts'
import { openProgress } from './progress/progress.ts'
import { type AnyInvocation, readProject } from './project.ts'
import { renderPlanFor } from './render/plan.ts'

/**
 * What the command is about: the compose file, or, with `-p` and without `-f`, all that has the project's label.
 */
export interface Target {
  readonly scope: Scope
  readonly loaded: LoadedProject | undefined
}

/** The target of a command that works without a file when a project name is given. */
export const findTarget = async (invocation: AnyInvocation, selected: readonly string[]): Promise<Target> => {
  const { globals, world } = invocation
  if (globals.projectName && globals.files.length === 0) return byName(globals.projectName, selected)
  try {
    const loaded = await readProject(invocation, [])
    return { scope: scopeOfProject(loaded.project, selected), loaded }
  } catch (error) {
    const name = world.env['COMPOSE_PROJECT_NAME']
    if (!name) throw error
    return byName(name, selected)
  }
}

const byName = (name: string, selected: readonly string[]): Target => ({
  scope: { project: name.toLowerCase(), services: undefined, selected },
  loaded: undefined,
})

export const desiredOf = ({ project, locations }: LoadedProject): DesiredState => desire(project, locations)

/**
 * Runs an action with a client and the screen's progress, which is ended however the action ends, or when the action asks for
 * it: from then on events go to `afterwards`. With `--dry-run` the plans are shown instead of being executed.
 */
export const withProgress = async <Result>(
  invocation: AnyInvocation,
  { title, project, afterwards, quietBuild = false, quietPull = false }: ProgressSession,
  action: (context: ActionContext, endProgress: () => Promise<void>) => Promise<Result>,
): Promise<Result> => {
  const { world, screen, globals, interrupts } = invocation
  const client = await openEngine(invocation)
  const toStdout = ['1', 'true'].includes(world.env['COMPOSE_STATUS_STDOUT'] ?? '')
  const stream = toStdout ? world.stdout : world.stderr
  const progress = await openProgress({
    screen,
    write: (text) => stream.write(text),
    now: () => world.clock.now(),
    title,
    terminalSize: () => ({ columns: stream.columns || 80, lines: stream.rows || 24 }),
  })
  const builds = new BuildLog({ screen, stdout: (text) => world.stdout.write(text), quiet: quietBuild })
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => {
    ended ??= progress.end()
    return ended
  }
  const emit = (event: ComposeEvent): void => {
    if (!builds.hear(event) || (quietPull && isOfLayer(event))) return
    if (ended === undefined) progress.emit(event)
    else afterwards?.(event)
  }
  try {
    const showOnly = globals.dryRun
      ? (plan: Plan): void => void world.stdout.write(renderPlanFor(plan, screen))
      : undefined
    const { clock } = world
    return await action({ client, project, emit, clock, signal: interrupts.signal, showOnly }, end)
  } finally {
    await end()
    stream.write(builds.unseen)
  }
}

/** How a single layer of a pull gets on: unlike a step of a build it goes by the first twelve digits of its digest. */
const isOfLayer = (event: ComposeEvent): boolean =>
  event.type === 'progress' && event.parent !== undefined && /^[0-9a-f]{12}$/.test(event.id)

export interface ProgressSession {
  /** `Running`, `Stopping` … */
  readonly title: string
  readonly project: string
  /** Shows nothing of what builds print, unless one fails. */
  readonly quietBuild?: boolean
  /** Shows pulls as a whole, without their layers. */
  readonly quietPull?: boolean
  /** Hears the events after the progress was ended. */
  readonly afterwards?: (event: ComposeEvent) => void
}
