import type { AwaitCondition, Operation } from '../plan/operation.ts'

/** The row of progress that an operation moves, and the words for its beginning, end and failure. */
export interface Words {
  readonly id: string
  readonly working?: string
  readonly done?: string
  /** Absent: the error's own text. */
  readonly failed?: string
}

/** Docker Compose's words; undefined for operations that show nothing. */
export const describe = (operation: Operation): Words | undefined => {
  switch (operation.kind) {
    case 'network.create':
      return { id: `Network ${operation.name}`, working: 'Creating', done: 'Created', failed: 'Error' }
    case 'network.remove':
      return { id: `Network ${operation.name}`, working: 'Removing', done: 'Removed', failed: 'Error' }
    case 'volume.create':
      return { id: `Volume ${operation.name}`, working: 'Creating', done: 'Created', failed: 'Error' }
    case 'volume.remove':
      return { id: `Volume ${operation.name}`, working: 'Removing', done: 'Removed', failed: 'Error' }
    case 'image.remove':
      return { id: `Image ${operation.reference}`, working: 'Removing', done: 'Removed', failed: 'Error' }
    case 'container.create':
      return operation.replaces === undefined
        ? { id: `Container ${operation.name}`, working: 'Creating', done: 'Created' }
        : { id: `Container ${operation.replaces}`, working: 'Recreate' }
    case 'container.rename':
      return { id: `Container ${operation.replaces}`, done: 'Recreated' }
    case 'container.start':
      return operation.again
        ? { id: `Container ${operation.name}`, working: 'Restart', done: 'Restarted' }
        : { id: `Container ${operation.name}`, working: 'Starting', done: 'Started' }
    case 'container.stop':
      return operation.replaced ? undefined : container(operation.name, 'Stopping', 'Stopped')
    case 'container.remove':
      return operation.replaced ? undefined : container(operation.name, 'Removing', 'Removed')
    case 'container.kill':
      return container(operation.name, 'Killing', 'Killed')
    case 'container.restart':
      return container(operation.name, 'Restarting', 'Started')
    case 'container.pause':
      return { id: `Container ${operation.name}`, done: 'Paused' }
    case 'container.unpause':
      return { id: `Container ${operation.name}`, done: 'Unpaused' }
    case 'container.await': {
      const words = { id: `Container ${operation.name}`, working: 'Waiting', done: met[operation.condition] }
      return operation.condition === 'completed' ? words : { ...words, failed: 'Error' }
    }
    case 'image.build':
      return { id: operation.reference, working: 'Building', done: 'Built', failed: 'Error' }
    case 'image.push':
      return { id: `Pushing ${operation.reference}`, working: 'Pushing', done: 'Pushed', failed: 'Error' }
    case 'image.pull':
    case 'network.disconnect':
    case 'container.write-files':
      return undefined
  }
}

const container = (name: string, working: string, done: string): Words => ({
  id: `Container ${name}`,
  working,
  done,
  failed: `Error while ${working}`,
})

const met: Record<AwaitCondition, string> = {
  healthy: 'Healthy',
  running_or_healthy: 'Healthy',
  completed: 'Exited',
}
