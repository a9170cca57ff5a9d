import { messageOf } from '@container-compose/core'
import { productVersion } from '../../daemon/build-id.ts'
import type { EngineStatus } from '../../daemon/control.ts'
import { queryFlag, sendJson, sendStatus } from '../answer.ts'
import type { EngineContext } from '../engine-context.ts'
import type { Route } from '../router.ts'
import { apiVersion } from '../version.ts'

/** Our own two calls beside Docker's: `container-compose engine status` and `engine stop`. */
export const engineRoutes = (engine: EngineContext): Route[] => [
  {
    method: 'GET',
    path: '/engine/status',
    handler: async (call) => sendJson(call, 200, await status(engine)),
  },
  {
    method: 'POST',
    path: '/engine/stop',
    handler: async (call) => {
      await engine.stop({ containers: queryFlag(call.query, 'containers') })
      sendStatus(call, 204)
    },
  },
]

const status = async (engine: EngineContext): Promise<EngineStatus> => {
  const { root, runtimes, containers, images, networks, volumes } = engine
  const { data, run, cache, logFile } = root
  // A machine that can't run anything still says so, and why.
  const description = await runtimes.default.describe().catch((error: unknown) => ({
    name: runtimes.default.name,
    version: 'unknown',
    acceleration: undefined,
    reason: messageOf(error),
  }))
  const all = containers.all()
  return {
    socket: root.socket,
    pid: process.pid,
    version: productVersion,
    apiVersion,
    build: engine.build,
    startedAt: engine.startedAt,
    root: { data, run, cache, logFile },
    runtime: {
      default: description.name,
      reason: runtimes.reason,
      version: description.version,
      ...(description.acceleration !== undefined && { acceleration: description.acceleration }),
      accelerationReason: description.reason,
    },
    containers: {
      total: all.length,
      running: all.filter(({ state }) => state.status === 'running').length,
      paused: all.filter(({ state }) => state.status === 'paused').length,
    },
    images: (await images.list()).length,
    networks: networks.list().length,
    volumes: volumes.list().length,
  }
}
