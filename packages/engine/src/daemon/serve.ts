import { rmSync } from 'node:fs'
import { allRoutes } from '../api/routes/index.ts'
import { createApiServer, listen } from '../api/server.ts'
import type { Engine } from './engine.ts'

/** Answers on the root's socket until the engine is told to stop. `onListening` is called when it does. */
export const serve = async (engine: Engine, onListening: () => void): Promise<void> => {
  const { context, ready, stopped } = engine
  const { root, build, log } = context
  const server = createApiServer({ routes: allRoutes(context), ready, build, log })
  await listen(server, root.socket)
  onListening()
  await stopped
  // The answer to the call that stopped the engine goes out first; streams would last for ever.
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  rmSync(root.socket, { force: true })
  server.closeIdleConnections()
  await Promise.race([closed, context.clock.sleep(500)])
  server.closeAllConnections()
}
