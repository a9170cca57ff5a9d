import { ApiError, notImplemented } from '../errors.ts'
import type { Route } from '../router.ts'

/** Calls of Docker's API that this engine does not have, and what it says to them. */
const missing: readonly (readonly [method: string, path: string, what: string])[] = [
  ['POST', '/auth', 'checking registry credentials'],
  ['POST', '/session', 'building images with BuildKit'],
  ['POST', '/grpc', 'building images with BuildKit'],
  ['POST', '/commit', 'making an image of a container'],
  ['GET', '/containers/:id/attach/ws', 'attaching by WebSocket'],
  ['GET', '/containers/:id/changes', 'listing changed files'],
  ['GET', '/containers/:id/export', 'exporting a container'],
  ['GET', '/containers/:id/checkpoints', 'checkpoints'],
  ['POST', '/containers/:id/checkpoints', 'checkpoints'],
  ['GET', '/distribution/:name*/json', 'asking a registry about an image'],
  ['GET', '/images/search', 'searching a registry'],
  ['GET', '/plugins', 'plugins'],
  ['GET', '/system/df', 'measuring disk usage'],
]

const swarm = ['/swarm', '/nodes', '/services', '/tasks', '/secrets', '/configs']

/** Clear answers where the engine has none: 501 with what is missing; 503 for Swarm, as a dockerd outside of one says. */
export const unsupportedRoutes = (): Route[] => [
  ...missing.map(
    ([method, path, what]): Route => ({
      method,
      path,
      handler: () => {
        throw notImplemented(`${what} is not supported by this engine`)
      },
    }),
  ),
  ...swarm.map(
    (path): Route => ({
      method: 'GET',
      path,
      handler: () => {
        throw new ApiError(
          503,
          'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
        )
      },
    }),
  ),
]
