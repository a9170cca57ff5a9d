import { ApiError, conflict } from '../api/errors.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'

/** @throws ApiError 409 in dockerd's words. */
export const pauseContainer = (context: ContainerContext, container: Container): Promise<void> =>
  container.exclusively(async () => {
    if (container.state.status === 'paused') throw conflict(`Container ${container.id} is already paused`)
    if (container.running === undefined || container.state.status !== 'running')
      throw conflict(`container ${container.id} is not running`)
    await container.running.pause()
    container.setState({ status: 'paused' })
    publish(context, container, 'pause')
  })

/** @throws ApiError 409 in dockerd's words. */
export const unpauseContainer = (context: ContainerContext, container: Container): Promise<void> =>
  container.exclusively(async () => {
    if (container.running === undefined || container.state.status !== 'paused')
      throw new ApiError(500, `Container ${container.id} is not paused`)
    await container.running.resume()
    container.setState({ status: 'running' })
    publish(context, container, 'unpause')
  })

/**
 * Nobody in a machine that stands still answers: what needs an answer is refused instead of waiting for ever.
 *
 * @throws ApiError 409
 */
export const refusePaused = (container: Container, before: string): void => {
  if (container.state.status === 'paused')
    throw conflict(`Container ${container.id} is paused, unpause the container before ${before}`)
}
