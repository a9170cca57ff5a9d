import { conflict } from '../api/errors.ts'
import type { RunningContainer } from '../runtime/runtime.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import { startContainer, stopSignalOf } from './start.ts'

export const defaultStopSeconds = 10
/** How long SIGKILL may take inside before the machine itself is ended. */
const killGraceMs = 10_000
const sigkill = 9

export interface StopOptions {
  /** Until SIGKILL; -1 never. Default: the container's own, else 10. */
  readonly seconds?: number | undefined
  /** Default: the container's own. */
  readonly signal?: number | undefined
}

/** Stops a container: asks, waits, kills. Resolves with false when it did not run. Its restart policy rests until it is started. */
export const stopContainer = async (
  context: ContainerContext,
  container: Container,
  options: StopOptions = {},
): Promise<boolean> => {
  const running = await aboutToStop(container)
  if (running === undefined) return false
  const seconds = options.seconds ?? container.document.config.StopTimeout ?? defaultStopSeconds
  const signal = options.signal ?? stopSignalOf(container)
  const ended = exitOf(container, running)
  if (container.state.status === 'paused') await running.resume().catch(() => undefined)
  await signalRun(context, container, running, signal)
  if (!(await within(context, ended, seconds < 0 ? undefined : seconds * 1000))) {
    await signalRun(context, container, running, sigkill)
    if (!(await within(context, ended, killGraceMs))) await running.destroy()
    await ended
  }
  publish(context, container, 'stop')
  return true
}

/** Marks that a user wants it stopped, waits for a start under way, and takes away a planned restart. */
const aboutToStop = (container: Container): Promise<RunningContainer | undefined> => {
  container.pendingRestart?.abort()
  return container.exclusively(() => {
    if (container.state.status === 'restarting') container.setState({ status: 'exited', stoppedByUser: true })
    else if (container.isUp) container.setState({ stoppedByUser: true })
    return Promise.resolve(container.isUp ? container.running : undefined)
  })
}

/** Resolves when the state says that this run has ended. */
const exitOf = (container: Container, running: RunningContainer): Promise<void> =>
  new Promise((resolve) => {
    if (container.running !== running) resolve()
    else container.once('exit', () => resolve())
  })

const within = (
  { clock }: ContainerContext,
  ended: Promise<void>,
  ms: number | undefined,
): Promise<boolean> => {
  if (ms === undefined) return ended.then(() => true)
  const timer = new AbortController()
  return Promise.race([
    ended.then(() => {
      timer.abort()
      return true
    }),
    clock.sleep(ms, timer.signal).then(
      () => false,
      () => true,
    ),
  ])
}

/** A run that ends at this very moment can't be signalled, and needs not be. */
const signalRun = async (
  context: ContainerContext,
  container: Container,
  running: RunningContainer,
  signal: number,
): Promise<void> => {
  publish(context, container, 'kill', { signal: String(signal) })
  await running.kill(signal).catch((error: unknown) => {
    if (container.running === running)
      context.log.warn({ err: error, id: container.id, signal }, 'a signal was not delivered')
  })
}

/**
 * Sends a signal. SIGKILL and the stop signal count as stopping: the restart policy rests.
 *
 * @throws ApiError 409 in dockerd's words when it does not run.
 */
export const killContainer = async (
  context: ContainerContext,
  container: Container,
  signal: number,
): Promise<void> => {
  const { status } = container.state
  const running = await container.exclusively(() => {
    container.pendingRestart?.abort()
    if (status === 'restarting' && container.running === undefined)
      container.setState({ status: 'exited', stoppedByUser: true })
    if (container.isUp && (signal === sigkill || signal === stopSignalOf(container)))
      container.setState({ stoppedByUser: true })
    return Promise.resolve(container.isUp ? container.running : undefined)
  })
  if (running === undefined) {
    if (status === 'restarting') return
    throw conflict(`cannot kill container: ${container.id}: container ${container.id} is not running`)
  }
  const ended = exitOf(container, running)
  const isPaused = container.state.status === 'paused'
  if (signal === sigkill && isPaused) await running.resume().catch(() => undefined)
  const sent = signalRun(context, container, running, signal)
  // To a process that stands still it is delivered when it goes on, and nobody waits for that.
  if (signal === sigkill || !isPaused) await sent
  if (signal !== sigkill) return
  if (!(await within(context, ended, killGraceMs))) await running.destroy()
  await ended
}

export const restartContainer = async (
  context: ContainerContext,
  container: Container,
  options: StopOptions,
): Promise<void> => {
  await stopContainer(context, container, options)
  await startContainer(context, container)
  publish(context, container, 'restart')
}
