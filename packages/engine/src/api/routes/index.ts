import { imageUsers, volumeUsers } from '../../containers/users.ts'
import type { EngineContext } from '../engine-context.ts'
import type { Route } from '../router.ts'
import { archiveRoutes } from './archive.ts'
import { buildRoutes } from './build.ts'
import { containerRunRoutes } from './container-run.ts'
import { containerStreamRoutes } from './container-streams.ts'
import { containerRoutes } from './containers.ts'
import { distributionRoutes } from './distribution.ts'
import { engineRoutes } from './engine.ts'
import { eventRoutes } from './events.ts'
import { execRoutes } from './exec.ts'
import { imageRoutes } from './images.ts'
import { networkRoutes } from './networks.ts'
import { pushRoutes } from './push.ts'
import { systemRoutes } from './system.ts'
import { unsupportedRoutes } from './unsupported.ts'
import { volumeRoutes } from './volumes.ts'

/** Every call that is answered, one file per section of Docker's API reference. */
export const allRoutes = (engine: EngineContext): Route[] => {
  const { images, volumes, containers, clock } = engine
  return [
    ...systemRoutes(engine),
    ...engineRoutes(engine),
    ...eventRoutes(engine),
    ...containerRoutes(engine),
    ...containerRunRoutes(engine),
    ...containerStreamRoutes(engine),
    ...archiveRoutes(engine),
    ...execRoutes(engine),
    ...unsupportedRoutes(),
    ...buildRoutes(engine.builder),
    ...pushRoutes(images),
    ...distributionRoutes(images),
    ...imageRoutes({ images, clock, usersOf: (id) => imageUsers(containers, id) }),
    ...networkRoutes(engine),
    ...volumeRoutes({ volumes, usersOf: (name) => volumeUsers(containers, name) }),
  ]
}
