import { messageOf } from '@container-compose/core'
import type { Container } from '../containers/container.ts'
import { publish } from '../containers/container-events.ts'
import type { ContainerContext } from '../containers/context.ts'
import type { HealthResult } from '../containers/model.ts'
import { ociProcess } from '../containers/spec.ts'
import type { RunningContainer } from '../runtime/runtime.ts'
import { afterProbe, type HealthPlan, healthPlan, initialHealth, nextProbeIn } from './health-state.ts'

const longestOutput = 4096
const sigkill = 9

/** Checks the health of a run, probe after probe, until `signal` says that it is over. */
export const monitorHealth = (
  context: Pick<ContainerContext, 'clock' | 'events' | 'images' | 'log'>,
  container: Container,
  running: RunningContainer,
  signal: AbortSignal,
): void => {
  const { Healthcheck: check } = container.document.config
  if (healthPlan(check) === undefined) return
  // A run that an earlier engine watched keeps its health.
  if (container.state.health === undefined) container.setState({ health: initialHealth })
  void (async () => {
    const image = await context.images.find(container.document.imageId)
    const plan = healthPlan(check, image?.config.config?.Shell)
    if (plan !== undefined) await watch(context, container, running, { plan, signal })
  })().catch((error: unknown) => {
    if (!signal.aborted) context.log.error({ err: error, id: container.id }, 'health checks ended')
  })
}

const watch = async (
  context: Pick<ContainerContext, 'clock' | 'events'>,
  container: Container,
  running: RunningContainer,
  { plan, signal }: { readonly plan: HealthPlan; readonly signal: AbortSignal },
): Promise<void> => {
  const { clock } = context
  for (;;) {
    const before = container.state.health ?? initialHealth
    await clock.sleep(nextProbeIn(plan, before, clock.now() - container.state.startedAt), signal)
    if (container.state.status !== 'running') continue
    const result = await probe(context, container, running, plan)
    signal.throwIfAborted()
    const health = afterProbe(plan, before, result, container.state.startedAt)
    if (health.status === before.status) {
      container.setStateInMemory({ health })
      continue
    }
    container.setState({ health })
    publish(context, container, `health_status: ${health.status}`)
  }
}

/** Runs the probe once. Whatever goes wrong with it is a result. */
const probe = async (
  { clock }: Pick<ContainerContext, 'clock'>,
  container: Container,
  running: RunningContainer,
  plan: HealthPlan,
): Promise<HealthResult> => {
  const start = clock.now()
  const { config, hostConfig } = container.document
  const timeout = new AbortController()
  try {
    const session = await running.exec(
      { ...ociProcess({ ...config, Tty: false }, hostConfig), args: plan.command },
      { openStdin: false, privileged: hostConfig.Privileged },
    )
    const output: Buffer[] = []
    let length = 0
    const keep = (chunk: Buffer) => {
      if (length < longestOutput) output.push(chunk)
      length += chunk.length
    }
    session.stdout.on('data', keep)
    session.stderr.on('data', keep)
    const ended = await Promise.race([
      session.exited,
      clock.sleep(plan.timeoutMs, timeout.signal).then(
        () => 'timeout' as const,
        () => 'timeout' as const,
      ),
    ])
    timeout.abort()
    if (ended === 'timeout') {
      await session.kill(sigkill).catch(() => undefined)
      return {
        start,
        end: clock.now(),
        exitCode: -1,
        output: `Health check exceeded timeout (${plan.timeoutMs / 1000}s)`,
      }
    }
    const text = Buffer.concat(output).subarray(0, longestOutput).toString()
    return { start, end: clock.now(), exitCode: ended.code, output: text }
  } catch (error) {
    timeout.abort()
    return {
      start,
      end: clock.now(),
      exitCode: -1,
      output: messageOf(error),
    }
  }
}
