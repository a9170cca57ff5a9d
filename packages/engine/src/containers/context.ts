import type { Clock } from '@container-compose/core'
import type { Log } from '../daemon/log.ts'
import type { EventBus } from '../events/event-bus.ts'
import type { Images } from '../images/images.ts'
import type { Connectivity } from '../networks/connectivity.ts'
import type { Networks } from '../networks/networks.ts'
import type { Runtimes } from '../runtime/runtimes.ts'
import type { Volumes } from '../volumes/volumes.ts'
import type { ContainerRegistry } from './registry.ts'

/** What operations on containers work with. */
export interface ContainerContext {
  readonly folders: { readonly data: string; readonly run: string }
  readonly clock: Clock
  readonly log: Log
  readonly events: EventBus
  readonly images: Images
  readonly volumes: Volumes
  readonly networks: Networks
  readonly containers: ContainerRegistry
  readonly connectivity: Connectivity
  readonly runtimes: Runtimes
  /** What `host-gateway` means. */
  readonly hostGateway: () => string | undefined
  readonly guestMemory: 'cow' | 'own'
  /** Where the engine answers. */
  readonly engineSocket: string
  /** True from when the engine lets go: exits are left for the next one to find. */
  readonly closing: () => boolean
}
