import { rm } from 'node:fs/promises'
import { conflict } from '../api/errors.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import { killContainer } from './stop.ts'
import { volumeUsers } from './users.ts'

export interface RemoveOptions {
  /** Kills it first when it runs. */
  readonly force: boolean
  /** Removes its anonymous volumes too. */
  readonly volumes: boolean
}

/**
 * Removes a container with its disk and log.
 *
 * @throws ApiError 409 in dockerd's words when it runs, or is being removed.
 */
export const removeContainer = async (
  context: ContainerContext,
  container: Container,
  { force, volumes }: RemoveOptions,
): Promise<void> => {
  const { name, state } = container
  if (state.status === 'removing') {
    if (force) return removed(container)
    throw conflict(`removal of container ${container.id} is already in progress`)
  }
  if (state.status === 'paused' && !force)
    throw conflict(`cannot remove container "/${name}": container is paused and must be unpaused first`)
  if (container.isUp || state.status === 'restarting' || state.status === 'starting') {
    if (!force)
      throw conflict(
        `cannot remove container "/${name}": container is ${state.status === 'restarting' ? 'restarting' : 'running'}: stop the container before removing or force remove`,
      )
    // It may end by itself before the signal arrives.
    await killContainer(context, container, 9).catch((error: unknown) => {
      if (container.isUp) throw error
    })
  }
  container.pendingRestart?.abort()
  await container.exclusively(async () => {
    if (context.containers.find(container.id) === undefined) return
    container.setState({ status: 'removing', removesVolumes: volumes })
    try {
      await removeForGood(context, container, { volumes })
    } catch (error) {
      container.setState({ status: 'dead' })
      container.emit('removed')
      throw error
    }
  })
}

const removed = (container: Container): Promise<void> =>
  new Promise((resolve) => container.once('removed', resolve))

/** The end of a removal, also of one that an earlier engine began. */
export const removeForGood = async (
  context: ContainerContext,
  container: Container,
  { volumes }: { readonly volumes: boolean },
): Promise<void> => {
  const { document, dir, runDir } = container
  await context.runtimes.get(document.runtime).remove({ id: document.id, dir, runDir })
  await rm(runDir, { recursive: true, force: true })
  if (volumes) await removeAnonymousVolumes(context, container)
  // Last, so that a removal that a crash cut short is known and finished.
  await rm(dir, { recursive: true, force: true, maxRetries: 3 })
  context.containers.delete(container)
  publish(context, container, 'destroy')
  container.emit('removed')
}

const removeAnonymousVolumes = async (
  { containers, volumes, log }: ContainerContext,
  { document }: Container,
): Promise<void> => {
  for (const mount of document.mounts) {
    if (mount.type !== 'volume' || !mount.anonymous) continue
    const users = volumeUsers(containers, mount.name).filter((id) => id !== document.id)
    if (users.length > 0) continue
    await volumes
      .remove(mount.name, { force: true, users })
      .catch((error: unknown) => log.warn({ err: error, volume: mount.name }, 'a volume was not removed'))
  }
}
