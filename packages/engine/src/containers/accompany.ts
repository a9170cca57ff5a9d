import { monitorHealth } from '../health/monitor.ts'
import { restartDelay, restarts } from '../restart/restart-policy.ts'
import type { ExitStatus, RunningContainer } from '../runtime/runtime.ts'
import type { Container } from './container.ts'
import { publish } from './container-events.ts'
import type { ContainerContext } from './context.ts'
import { disconnect } from './endpoints.ts'
import { removeContainer } from './remove.ts'
import { startRun } from './start.ts'

/** Goes along with a run: checks its health, and does what its end asks for. */
export const accompany = (
  context: ContainerContext,
  container: Container,
  running: RunningContainer,
): void => {
  checkHealth(context, container, running)
  void running.exited.then(async (status) => {
    container.accompaniment?.abort()
    if (context.closing()) return
    await finish(context, container, status).catch((error: unknown) =>
      context.log.error({ err: error, id: container.id }, 'the end of a container was not handled'),
    )
  })
}

/** From the beginning: a process that has just been started has its start period before it. */
export const checkHealth = (
  context: ContainerContext,
  container: Container,
  running: RunningContainer,
): void => {
  container.accompaniment?.abort()
  const accompaniment = new AbortController()
  container.accompaniment = accompaniment
  monitorHealth(context, container, running, accompaniment.signal)
}

/**
 * Records how a run ended, gives back what it had, and lets the restart policy or `AutoRemove` act.
 */
export const finish = async (
  context: ContainerContext,
  container: Container,
  status: ExitStatus,
): Promise<void> => {
  const { startedAt, restartCount, stoppedByUser, health } = container.state
  const { hostConfig } = container.document
  const again = restarts(hostConfig.RestartPolicy, { exitCode: status.code, restartCount, stoppedByUser })
  container.running = undefined
  container.setState({
    status: again ? 'restarting' : 'exited',
    pid: 0,
    exitCode: status.code,
    oomKilled: status.oomKilled,
    error: status.error ?? '',
    finishedAt: status.finishedAt,
    // As dockerd: what has ended is not healthy any more.
    ...(health !== undefined && { health: { ...health, status: 'unhealthy' } }),
  })
  if (status.oomKilled) publish(context, container, 'oom')
  publish(context, container, 'die', {
    execDuration: String(Math.max(0, Math.round((status.finishedAt - startedAt) / 1000))),
    exitCode: String(status.code),
  })
  container.emit('exit', status)
  await disconnect(context, container)
  if (again) await restartLater(context, container, status.finishedAt - startedAt)
  else if (hostConfig.AutoRemove) {
    await drainAttached(context, container)
    await removeContainer(context, container, { force: true, volumes: true })
  }
}

/** How long a client that does not read may keep a container from being removed. */
const drainMs = 10_000

/** The log goes with the container: whoever is attached gets the rest of it first. */
const drainAttached = async ({ clock }: ContainerContext, container: Container): Promise<void> => {
  if (container.attached.size === 0) return
  const drained = new AbortController()
  await Promise.race([
    Promise.allSettled([...container.attached]),
    clock.sleep(drainMs, drained.signal).catch(() => undefined),
  ])
  drained.abort()
}

/** Starts the container again after the policy's delay, unless somebody stops, starts or removes it meanwhile. */
export const restartLater = async (
  context: ContainerContext,
  container: Container,
  ranMs: number,
): Promise<void> => {
  container.restartDelayMs = restartDelay(container.restartDelayMs, ranMs)
  const pending = new AbortController()
  container.pendingRestart = pending
  try {
    await context.clock.sleep(container.restartDelayMs, pending.signal)
  } catch {
    return
  }
  await container.exclusively(async () => {
    if (pending.signal.aborted || context.closing() || container.state.status !== 'restarting') return
    container.pendingRestart = undefined
    try {
      await startRun(context, container, { restartCount: container.state.restartCount + 1 })
    } catch (error) {
      context.log.warn({ err: error, id: container.id, name: container.name }, 'a restart failed')
    }
  })
}
