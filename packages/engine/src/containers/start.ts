import { ApiError, conflict } from '../api/errors.ts'
import { type ImageRoot, type RunningContainer, StartError } from '../runtime/runtime.ts'
import { makeFolder } from '../store/document.ts'
import { accompany } from './accompany.ts'
import { ensureSources } from './bind-sources.ts'
import { bundleOf } from './bundle.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import { connect, disconnect } from './endpoints.ts'
import { refuseSecondMachine } from './one-writer.ts'
import { removeForGood } from './remove.ts'
import { parseSignal } from './signals.ts'

/**
 * Starts a container that does not run. Resolves with false when it runs already.
 *
 * @throws ApiError in dockerd's words; then the container is as before, with the reason in its state.
 */
export const startContainer = (context: ContainerContext, container: Container): Promise<boolean> =>
  container.exclusively(async () => {
    const { status } = container.state
    if (status === 'paused') throw conflict('cannot start a paused container, try unpause instead')
    if (status === 'removing' || status === 'dead')
      throw conflict('container is marked for removal and cannot be started')
    if (status === 'running') return false
    container.pendingRestart?.abort()
    container.restartDelayMs = 0
    await startRun(context, container, { restartCount: 0 })
    return true
  })

/** Starts the next run. The caller has the container for itself. */
export const startRun = async (
  context: ContainerContext,
  container: Container,
  { restartCount }: { readonly restartCount: number },
): Promise<void> => {
  const beganAt = context.clock.now()
  const { startedInMs: _before, ...state } = container.state
  const run = state.run + 1
  container.update({
    state: { ...state, status: 'starting', run, restartCount, stoppedByUser: false, error: '' },
  })
  try {
    // Nothing was awaited since the state says `starting`: of two containers that start at once the second is refused.
    refuseSecondMachine(context, container)
    ensureSources(context, container.document)
    makeFolder(container.runDir)
    const image = await context.images.root(container.document.imageId)
    const running = await startConnected(context, container, image, run)
    begin(context, container, running, beganAt)
  } catch (error) {
    await failStart(context, container, error)
    throw startFault(error)
  }
}

/** While the switch makes links and ports, the machine is made ready. */
const startConnected = async (
  context: ContainerContext,
  container: Container,
  image: ImageRoot,
  run: number,
): Promise<RunningContainer> => {
  const connected = connect(context, container)
  // Whoever awaits it is told.
  connected.catch(() => {})
  const runtime = context.runtimes.get(container.document.runtime)
  try {
    return await runtime.start(bundleOf(context, container, image), run, connected)
  } finally {
    // What is under way has come to an end before any of it is taken back; how is told by the start.
    await connected.catch(() => {})
  }
}

/** Records that a run is under way, and goes along with it: waits for its end, checks its health. */
const begin = (
  context: ContainerContext,
  container: Container,
  running: RunningContainer,
  beganAt: number,
): void => {
  container.running = running
  const { health: _old, acceleration: _before, size: _size, ...state } = container.state
  container.update({
    state: {
      ...state,
      status: 'running',
      pid: running.pid,
      ...(running.acceleration !== undefined && { acceleration: running.acceleration }),
      ...(running.size !== undefined && { size: running.size }),
      startedInMs: context.clock.now() - beganAt,
      startedAt: running.startedAt,
      exitCode: 0,
      oomKilled: false,
      error: '',
    },
  })
  accompany(context, container, running)
  container.emit('start')
  publish(context, container, 'start')
}

const failStart = async (context: ContainerContext, container: Container, error: unknown): Promise<void> => {
  await disconnect(context, container)
  container.setState({
    status: container.state.startedAt === 0 ? 'created' : 'exited',
    pid: 0,
    exitCode: error instanceof StartError ? error.exitCode : 128,
    error: startFault(error).message,
    finishedAt: container.state.startedAt === 0 ? 0 : context.clock.now(),
  })
  container.emit('idle')
  // A client that asked for its removal waits for that.
  if (container.document.hostConfig.AutoRemove)
    await removeForGood(context, container, { volumes: true }).catch((removal: unknown) =>
      context.log.error({ err: removal, id: container.id }, 'a container was not removed'),
    )
}

/** A program that is not there or can't be executed is the client's fault. */
export const startFault = (error: unknown): Error => {
  if (!(error instanceof StartError)) return error instanceof Error ? error : new Error(String(error))
  const status = error.exitCode === 126 || error.exitCode === 127 ? 400 : 500
  return new ApiError(status, `failed to create task for container: ${error.message}`, { cause: error })
}

/** The number that asks a container to stop: its own, else SIGTERM. */
export const stopSignalOf = ({ document }: Container): number =>
  parseSignal(document.config.StopSignal ?? 'SIGTERM')
