import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@container-compose/core'
import { restartsAtBoot } from '../restart/restart-policy.ts'
import { makeFolder, type OnSetAside, readDocument, writeDocument } from '../store/document.ts'
import { accompany, finish, restartLater } from './accompany.ts'
import { bundleOf } from './bundle.ts'
import { Container, containerFolder, documentPath } from './container.ts'
import { containerFormat } from './container-format.ts'
import type { ContainerContext } from './context.ts'
import { giveBack } from './endpoints.ts'
import { removeContainer, removeForGood } from './remove.ts'
import { startContainer } from './start.ts'

/** Reads the containers on disk. What an earlier engine had only begun to make is removed. */
export const loadContainers = (context: ContainerContext, onSetAside: OnSetAside): void => {
  const folder = containerFolder(context.folders.data, '')
  makeFolder(folder)
  for (const id of readdirSync(folder)) {
    const path = documentPath(join(folder, id))
    const document = readDocument(path, containerFormat, onSetAside)
    if (document !== undefined) context.containers.add(new Container(document, context.folders))
    else if (statSync(`${path}.bad`, { throwIfNoEntry: false }) === undefined)
      rmSync(join(folder, id), { recursive: true, force: true })
  }
}

/**
 * Takes over the runs of an earlier engine, learns how those ended that ended meanwhile, and goes on with what it had begun.
 * One container's trouble is no other's.
 */
export const recoverContainers = async (context: ContainerContext): Promise<void> => {
  const isNewBoot = rememberBoot(context.folders.data)
  const containers = context.containers.all()
  await Promise.all(
    containers.map((container) =>
      recover(context, container).catch((error: unknown) =>
        context.log.error({ err: error, id: container.id }, 'a container was not taken over'),
      ),
    ),
  )
  await context.connectivity
    .takeOver()
    .catch((error: unknown) => context.log.error({ err: error }, 'networks were not taken over'))
  if (!isNewBoot) return
  for (const container of context.containers.all())
    if (
      ['created', 'exited'].includes(container.state.status) &&
      container.state.run > 0 &&
      restartsAtBoot(container.document.hostConfig.RestartPolicy, container.state)
    )
      void startContainer(context, container).catch((error: unknown) =>
        context.log.warn({ err: error, id: container.id }, 'a container was not started at boot'),
      )
}

const recover = async (context: ContainerContext, container: Container): Promise<void> => {
  const { status, removesVolumes } = container.state
  if (status === 'starting' || status === 'running' || status === 'paused') return adopt(context, container)
  if (status === 'removing') return removeForGood(context, container, { volumes: removesVolumes === true })
  await settle(context, container)
  if (status === 'restarting') void restartLater(context, container, 0)
}

/** Of a container that does not run nothing is held: what an earlier engine did not come to give back is given back now. */
const settle = async (context: ContainerContext, container: Container): Promise<void> => {
  const { id, document, runDir, state } = container
  await context.runtimes.get(document.runtime).settle({ id, runDir })
  giveBack(container)
  if (state.status === 'exited' && document.hostConfig.AutoRemove)
    await removeContainer(context, container, { force: true, volumes: true })
}

const adopt = async (context: ContainerContext, container: Container): Promise<void> => {
  const { document, state } = container
  const runtime = context.runtimes.get(document.runtime)
  makeFolder(container.runDir)
  // What runs has its disk open already; without its image it can still be taken over.
  const image = await context.images
    .root(document.imageId)
    .catch(() => ({ imageId: document.imageId, ext4Base: '' }))
  const found = await runtime
    .adopt(bundleOf(context, container, image), state.run)
    .catch((error: unknown) => ({
      ...{ code: 137, oomKilled: false, finishedAt: context.clock.now() },
      error: `not taken over: ${messageOf(error)}`,
    }))
  if ('code' in found) {
    // Nobody waits for a restart that comes after a delay.
    void finish(context, container, found).catch((error: unknown) =>
      context.log.error({ err: error, id: container.id }, 'the end of a container was not handled'),
    )
    return
  }
  container.running = found
  container.setState({
    status: state.status === 'paused' ? 'paused' : 'running',
    pid: found.pid,
    ...(found.acceleration !== undefined && { acceleration: found.acceleration }),
    ...(found.size !== undefined && { size: found.size }),
    startedAt: state.startedAt || found.startedAt,
  })
  accompany(context, container, found)
}

const bootFormat = {
  version: 1,
  decode: ({ bootId }: Readonly<Record<string, unknown>>) => ({ bootId: String(bootId) }),
}

/** True when the machine was booted since an engine last asked. */
const rememberBoot = (data: string): boolean => {
  const path = join(data, 'boot.json')
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const known = readDocument(path, bootFormat, () => undefined)
  if (known?.bootId === bootId) return false
  writeDocument(path, bootFormat, { bootId }, { durable: false })
  return known !== undefined
}
