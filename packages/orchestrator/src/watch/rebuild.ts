import { formatLocation, messageOf, UserError } from '@container-compose/core'
import { buildImages } from '../actions/build.ts'
import type { ActionContext } from '../actions/context.ts'
import { up } from '../actions/up.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import type { ComposeEvent } from '../events.ts'
import { label } from '../labels.ts'
import { defaultPolicy } from '../reconcile/policy.ts'
import type { InTurn } from './in-turn.ts'

export interface RebuildOptions {
  /** Containers are exchanged one service after the other: each exchange looks at the whole project. */
  readonly inTurn: InTurn
  /** Takes away the images that the new one has pushed aside. */
  readonly prune: boolean
  /** Hears a line of what happens. */
  readonly say: (message: string) => void
  /** Hears a line that the build prints. */
  readonly sayBuild: (line: string) => void
}

/**
 * Builds a service's image and puts new containers in the place of its old ones. What fails is told: the containers stay as they
 * are, and the next save tries again. The context's signal ends the build; an exchange that has begun goes to its end.
 */
export const rebuildService = async (
  context: ActionContext,
  desired: DesiredState,
  service: string,
  { inTurn, prune, say, sayBuild }: RebuildOptions,
): Promise<void> => {
  say(`Rebuilding service(s) ["${service}"] after changes were detected...`)
  try {
    const emit = (event: ComposeEvent): void => {
      if (event.type === 'build-output') sayBuild(event.line)
      if (event.type === 'progress' && event.state === 'working' && event.text !== undefined)
        sayBuild(`${event.id} ${event.text}`)
    }
    await buildImages({ ...context, emit }, desired, { selected: [service], withDependencies: false })
  } catch (error) {
    say(`Build failed. Error: ${messageOf(error)}`)
    if (error instanceof UserError) for (const place of error.at) say(`  at ${formatLocation(place)}`)
    return
  }
  if (context.signal?.aborted) return
  say(`service(s) ["${service}"] successfully built`)
  try {
    await inTurn(() => exchange(context, desired, service))
  } catch (error) {
    say(`Failed to recreate services after update. Error: ${messageOf(error)}`)
    return
  }
  if (prune) await pruneDangling(context)
}

const exchange = async (
  { signal, ...context }: ActionContext,
  desired: DesiredState,
  service: string,
): Promise<void> => {
  if (signal?.aborted) return
  await up({ ...context, emit: () => {} }, desired, {
    policy: {
      ...defaultPolicy,
      named: new Set([service]),
      recreate: 'force',
      recreateDependencies: 'never',
    },
    build: 'never',
    approveLoss: () => Promise.resolve(false),
  })
}

/** An image that is still in use stays, and so does one that somebody else has removed. */
const pruneDangling = async ({ client, project }: ActionContext): Promise<void> => {
  const dangling = await client.images.list({ dangling: ['true'], label: [`${label.project}=${project}`] })
  await Promise.allSettled(dangling.map(({ Id }) => client.images.remove(Id)))
}
