import type { ContainerContext } from './context.ts'

/**
 * Whether the source of a bind mount means the engine that gets the request: its socket, or the name by which clients and images know
 * any engine. A Docker daemon that this machine has as well is reached by any other path to its socket.
 */
export const isEngineSocket = (
  source: string,
  { engineSocket }: Pick<ContainerContext, 'engineSocket'>,
): boolean => [engineSocket, '/var/run/docker.sock', '/run/docker.sock'].includes(source)
