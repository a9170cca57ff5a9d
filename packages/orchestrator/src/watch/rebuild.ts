import { buildImages } from '../actions/build.ts'
import type { ActionContext } from '../actions/context.ts'
import { up } from '../actions/up.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import type { ComposeEvent } from '../events.ts'
import { label } from '../labels.ts'
import { defaultPolicy } from '../reconcile/policy.ts'

export interface RebuildOptions {
  /** Takes away the images that the new one has pushed aside. */
  readonly prune: boolean
  /** Hears a line of what happens. */
  readonly say: (message: string) => void
  /** Hears a line that the build prints. */
  readonly sayBuild: (line: string) => void
}

/**
 * Builds a service's image and puts new containers in the place of its old ones. What fails is told: the containers stay as they
 * are, and the next save tries again.
 */
export const rebuildService = async (
  context: ActionContext,
  desired: DesiredState,
  service: string,
  { prune, say, sayBuild }: RebuildOptions,
): Promise<void> => {
  say(`Rebuilding service(s) ["${service}"] after changes were detected...`)
  const quiet = { ...context, emit: () => {} }
  try {
    const emit = (event: ComposeEvent): void => {
      if (event.type === 'build-output') sayBuild(event.line)
      if (event.type === 'progress' && event.state === 'working' && event.text !== undefined)
        sayBuild(`${event.id} ${event.text}`)
    }
    await buildImages({ ...context, emit }, desired, { selected: [service], withDependencies: false })
  } catch (error) {
    say(`Build failed. Error: ${wordsOf(error)}`)
    return
  }
  say(`service(s) ["${service}"] successfully built`)
  try {
    await up(quiet, desired, {
      policy: {
        ...defaultPolicy,
        named: new Set([service]),
        recreate: 'force',
        recreateDependencies: 'never',
      },
      build: 'never',
      approveLoss: () => Promise.resolve(false),
    })
  } catch (error) {
    say(`Failed to recreate services after update. Error: ${wordsOf(error)}`)
    return
  }
  if (prune) await pruneDangling(context)
}

/** An image that is still in use stays, and so does one that somebody else has removed. */
const pruneDangling = async ({ client, project }: ActionContext): Promise<void> => {
  const dangling = await client.images.list({ dangling: ['true'], label: [`${label.project}=${project}`] })
  await Promise.allSettled(dangling.map(({ Id }) => client.images.remove(Id)))
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
