import { buildImage } from '../builds/build-image.ts'
import type { EngineClient } from '../client/connect.ts'
import { EngineError } from '../client/engine-error.ts'
import { tarOf } from '../client/tar.ts'
import type { Emit } from '../events.ts'
import type { Operation } from '../plan/operation.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import type { Waiting } from './waiting.ts'

export interface Performer {
  readonly client: EngineClient
  readonly emit: Emit
  readonly waiting: Waiting
  readonly signal: AbortSignal
}

/**
 * Does one operation: one call, but for pulls, which report, and awaits, which wait.
 * Gives how it ended when that is not as its words say.
 */
export const perform = async (operation: Operation, performer: Performer): Promise<string | undefined> => {
  try {
    await call(operation, performer)
    return undefined
  } catch (error) {
    if (!('unlessUsed' in operation && operation.unlessUsed) || !(error instanceof EngineError)) throw error
    // 403: a network with endpoints; 409: a volume or image with a container.
    if (error.status === 403 || error.status === 409) return 'Resource is still in use'
    if (error.status === 404) return 'Resource not found'
    throw error
  }
}

const call = async (operation: Operation, { client, emit, waiting, signal }: Performer): Promise<void> => {
  switch (operation.kind) {
    case 'image.pull':
      return pull(operation, { client, emit, signal })
    case 'image.build':
      return buildImage(operation, { client, emit, signal })
    case 'image.push':
      return push(operation, { client, emit, signal })
    case 'image.remove':
      return client.images.remove(operation.reference)
    case 'network.create':
      return client.networks.create(operation.body)
    case 'network.remove':
      return client.networks.remove(operation.id)
    case 'network.disconnect':
      return client.networks.disconnect(operation.id, operation.container)
    case 'volume.create':
      return client.volumes.create(operation.body)
    case 'volume.remove':
      return client.volumes.remove(operation.name)
    case 'container.create':
      return createContainer(operation, { client, emit })
    case 'container.rename':
      return client.containers.rename(operation.from, operation.name)
    case 'container.write-files':
      return client.containers.writeFiles(operation.name, '/', await tarOf(operation.files))
    case 'container.start':
      return client.containers.start(operation.name)
    case 'container.stop':
      return client.containers.stop(operation.id, operation.timeoutSeconds)
    case 'container.remove': {
      const { id, force, volumes } = operation
      return client.containers.remove(id, { force, volumes })
    }
    case 'container.await':
      return waiting.until(operation, emit)
    case 'container.kill':
      return client.containers.kill(operation.id, operation.signal)
    case 'container.pause':
      return client.containers.pause(operation.id)
    case 'container.unpause':
      return client.containers.unpause(operation.id)
    case 'container.restart':
      return client.containers.restart(operation.id, operation.timeoutSeconds, { hot: operation.hot })
  }
}

const createContainer = async (
  { name, body, platform }: Extract<Operation, { readonly kind: 'container.create' }>,
  { client, emit }: Pick<Performer, 'client' | 'emit'>,
): Promise<void> => {
  const { Warnings } = await client.containers.create(name, body, platform)
  for (const warning of Warnings ?? []) emit({ type: 'warning', message: `container ${name}: ${warning}` })
}
