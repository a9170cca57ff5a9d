import { join } from 'node:path'
import { type Clock, systemClock } from '@container-compose/core'
import type { EngineContext } from '../api/engine-context.ts'
import { openBuilder } from '../builder/builder.ts'
import type { Container } from '../containers/container.ts'
import type { ContainerContext } from '../containers/context.ts'
import { loadContainers, recoverContainers } from '../containers/recover.ts'
import { ContainerRegistry } from '../containers/registry.ts'
import { stopContainer } from '../containers/stop.ts'
import { EventBus } from '../events/event-bus.ts'
import { Execs } from '../exec/exec.ts'
import { openImages } from '../images/local-images.ts'
import { Connectivity } from '../networks/connectivity.ts'
import { hostAddress } from '../networks/host-address.ts'
import { Networks } from '../networks/networks.ts'
import type { Runtimes } from '../runtime/runtimes.ts'
import type { OnSetAside } from '../store/document.ts'
import type { Switch } from '../switch/switch.ts'
import { openVolumes } from '../volumes/local-volumes.ts'
import type { Log } from './log.ts'
import type { EngineRoot } from './root.ts'
import type { Settings } from './settings.ts'

export interface EngineOptions {
  readonly root: EngineRoot
  readonly settings: Settings
  readonly log: Log
  readonly build: string
  readonly runtimes: Runtimes
  readonly switch: Switch
  readonly clock?: Clock
}

export interface Engine {
  readonly context: EngineContext
  /** Resolves when the runs of an earlier engine have been taken over. */
  readonly ready: Promise<void>
  /** Resolves when the engine was told to stop and has let go of everything. */
  readonly stopped: Promise<void>
}

/** The engine without its door: state read from disk, runs taken over. The caller holds the root's lock. */
export const openEngine = async (options: EngineOptions): Promise<Engine> => {
  const { root, settings, log, runtimes, clock = systemClock } = options
  const onSetAside: OnSetAside = (path, movedTo, reason) =>
    log.error({ path, movedTo, reason }, 'a file of state is bad and was set aside')
  const events = new EventBus(clock)
  const networks = new Networks({ folder: join(root.data, 'networks'), clock, events, onSetAside })
  const containers = new ContainerRegistry()
  const connectivity = new Connectivity({
    switch: options.switch,
    networks,
    containers: () => containers.all(),
    upstream: settings.dns.upstream,
    egress: settings.egress,
  })
  const [images, volumes] = await Promise.all([
    openImages({
      dir: join(root.data, 'images'),
      cacheDir: root.cache,
      onSetAside,
      clock,
      onEvent: ({ action, id, name }) => events.publish('image', action, id, { name }),
    }),
    openVolumes({
      dir: join(root.data, 'volumes'),
      onSetAside,
      clock,
      onEvent: (action, { name, driver }) => events.publish('volume', action, name, { driver }),
    }),
  ])
  let closing = false
  let tellStopped = () => {}
  const stopped = new Promise<void>((resolve) => {
    tellStopped = resolve
  })
  const base = {
    ...{ clock, log, events, images, volumes, networks, containers, connectivity, runtimes },
    folders: { data: root.data, run: root.run },
    hostGateway: hostAddress,
    guestMemory: settings.guestMemory,
    engineSocket: root.socket,
    closing: () => closing,
  }
  loadContainers(base, onSetAside)
  const ready = recoverContainers(base).catch((error: unknown) =>
    log.error({ err: error }, 'containers were not taken over'),
  )
  const stop = async ({ containers: alsoContainers }: { readonly containers: boolean }): Promise<void> => {
    await ready
    if (alsoContainers) await Promise.all(containers.all().map((container) => stopForGood(base, container)))
    closing = true
    for (const container of containers.all()) {
      container.pendingRestart?.abort()
      container.accompaniment?.abort()
      await container.running?.release().catch((error: unknown) => log.warn({ err: error }, 'not released'))
    }
    await runtimes
      .close()
      .catch((error: unknown) => log.error({ err: error }, 'what was kept ready was not ended'))
    // Nobody else would end a switch that nobody uses.
    await connectivity.close()
    if (alsoContainers || !containers.all().some(({ running }) => running !== undefined))
      await options.switch
        .destroy()
        .catch((error: unknown) => log.error({ err: error }, 'the switch remains'))
    tellStopped()
  }
  const context: EngineContext = {
    ...base,
    execs: new Execs(base),
    builder: openBuilder({
      data: join(root.data, 'build'),
      run: join(root.run, 'build'),
      ...{ images, settings, log, hostGateway: hostAddress },
    }),
    ...{ root, build: options.build, startedAt: clock.now(), stop },
  }
  return { context, ready, stopped }
}

/** Stops a container, by force where it does not stop when asked; afterwards it has no run. */
const stopForGood = async (context: ContainerContext, container: Container): Promise<void> => {
  const complain = (error: unknown) =>
    context.log.error({ err: error, id: container.id }, 'a container did not stop')
  await stopContainer(context, container).catch(complain)
  const { running } = container
  if (running === undefined) return
  await running.destroy().then(() => running.exited, complain)
}
