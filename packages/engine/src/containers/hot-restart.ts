import { canRestartProcess } from '../runtime/runtime.ts'
import { checkHealth } from './accompany.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import { startFault, stopSignalOf } from './start.ts'
import { defaultStopSeconds, restartContainer, type StopOptions } from './stop.ts'

/**
 * Starts the container's process again in what runs around it: addresses, volumes, disk and log stay. Where the runtime cannot, or
 * nothing runs, it is a restart like any other.
 *
 * @throws ApiError when the program can't be executed any more; the container has ended then.
 */
export const hotRestartContainer = async (
  context: ContainerContext,
  container: Container,
  options: StopOptions,
): Promise<void> => {
  const restarted = await container.exclusively(async () => {
    const { running } = container
    if (container.state.status !== 'running' || running === undefined || !canRestartProcess(running))
      return false
    const signal = options.signal ?? stopSignalOf(container)
    publish(context, container, 'kill', { signal: String(signal) })
    const graceSeconds = options.seconds ?? container.document.config.StopTimeout ?? defaultStopSeconds
    try {
      await running.restartProcess({ signal, graceMs: graceSeconds * 1000 })
    } catch (error) {
      throw startFault(error)
    }
    const { health: _old, ...state } = container.state
    container.update({ state: { ...state, startedAt: context.clock.now() } })
    checkHealth(context, container, running)
    publish(context, container, 'restart')
    return true
  })
  if (!restarted) await restartContainer(context, container, options)
}
