import { chosenEndpoint, connect, type Endpoint, type EngineClient } from '@container-compose/orchestrator'
import type { AnyInvocation } from './project.ts'

/** A client for the engine that was asked for; our own is started when none was and it does not run. */
export const openEngine = async (
  invocation: Pick<AnyInvocation, 'globals' | 'world'>,
): Promise<EngineClient> => {
  const { world } = invocation
  if (askedFor(invocation) === undefined) {
    const { engineRoot, startEngine } = await import('@container-compose/engine')
    const root = engineRoot(world.env)
    await startEngine({ root, command: world.self, environment: world.env, clock: world.clock })
  }
  return openRunningEngine(invocation)
}

/** The same, for what only reads: nothing is started. The first call rejects with `ENGINE_UNREACHABLE` when nobody answers. */
export const openRunningEngine = async (
  invocation: Pick<AnyInvocation, 'globals' | 'world'>,
): Promise<EngineClient> => {
  const { env } = invocation.world
  const apiVersion = askedFor(invocation) === undefined ? undefined : env['DOCKER_API_VERSION']
  return connect(await endpointOf(invocation), apiVersion ? { apiVersion } : {})
}

/** The engine that was asked for, or our own. */
export const endpointOf = async (invocation: Pick<AnyInvocation, 'globals' | 'world'>): Promise<Endpoint> => {
  const asked = askedFor(invocation)
  if (asked !== undefined) return asked
  const { engineRoot } = await import('@container-compose/engine')
  const { socket } = engineRoot(invocation.world.env)
  return { kind: 'unix', path: socket, name: `unix://${socket}` }
}

const askedFor = ({ globals, world }: Pick<AnyInvocation, 'globals' | 'world'>) =>
  chosenEndpoint({ host: globals.host, context: globals.context, environment: world.env })

/** Whether the endpoint is our own engine, whose runtimes cannot do all that Docker's can. */
export const usesOwnEngine = (invocation: AnyInvocation): boolean => askedFor(invocation) === undefined
