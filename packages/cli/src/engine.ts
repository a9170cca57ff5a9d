import { chosenEndpoint, connect, type EngineClient } from '@container-compose/orchestrator'
import type { AnyInvocation } from './project.ts'

/** A client for the engine that was asked for; our own is started when none was and it does not run. */
export const openEngine = async ({ globals, world }: AnyInvocation): Promise<EngineClient> => {
  const { host, context } = globals
  const endpoint = chosenEndpoint({ host, context, environment: world.env })
  const apiVersion = world.env['DOCKER_API_VERSION']
  if (endpoint !== undefined) return connect(endpoint, apiVersion ? { apiVersion } : {})
  const { engineRoot, startEngine } = await import('@container-compose/engine')
  const root = engineRoot(world.env)
  await startEngine({ root, command: world.self, environment: world.env, clock: world.clock })
  return connect({ kind: 'unix', path: root.socket, name: `unix://${root.socket}` })
}

/** Whether the endpoint is our own engine, whose runtimes cannot do all that Docker's can. */
export const usesOwnEngine = ({ globals, world }: AnyInvocation): boolean =>
  chosenEndpoint({ host: globals.host, context: globals.context, environment: world.env }) === undefined
