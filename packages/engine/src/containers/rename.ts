import { badParameter } from '../api/errors.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'

/**
 * Gives a container another name, under which it resolves at once.
 *
 * @throws ApiError 400 and 409 in dockerd's words.
 */
export const renameContainer = (
  context: Pick<ContainerContext, 'containers' | 'connectivity' | 'events' | 'log'>,
  container: Container,
  to: string,
): void => {
  const { containers, connectivity, log } = context
  const [name, from] = [to.replace(/^\//, ''), container.name]
  if (name === '') throw badParameter('Neither old nor new names may be empty')
  if (name === from) throw badParameter('Renaming a container with the same name as its current name')
  containers.reserveName(name, container.id)
  try {
    container.update({ name }, { durable: true })
  } catch (error) {
    containers.releaseName(name, container.id)
    throw error
  }
  containers.releaseName(from, container.id)
  publish(context, container, 'rename', { oldName: `/${from}` })
  if (container.isUp)
    connectivity
      .sync()
      .catch((error: unknown) => log.warn({ err: error, name }, 'the new name does not resolve'))
}
