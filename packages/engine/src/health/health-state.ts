import type { Healthcheck, HealthResult, HealthState } from '../containers/model.ts'

/** A health check with Docker's defaults filled in; milliseconds. */
export interface HealthPlan {
  /** Arguments of the probe. */
  readonly command: readonly string[]
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly startPeriodMs: number
  readonly startIntervalMs: number
  readonly retries: number
}

const keptResults = 5

/**
 * How a container's health is to be checked; undefined when it is not.
 *
 * @param shell What `CMD-SHELL` is given to: the image's SHELL, else `/bin/sh -c`.
 */
export const healthPlan = (
  check: Healthcheck | undefined,
  shell: readonly string[] = ['/bin/sh', '-c'],
): HealthPlan | undefined => {
  const [kind, ...rest] = check?.Test ?? []
  if (check === undefined || kind === undefined || kind === 'NONE') return undefined
  return {
    command: kind === 'CMD-SHELL' ? [...shell, ...rest] : kind === 'CMD' ? rest : [kind, ...rest],
    intervalMs: milliseconds(check.Interval, 30_000),
    timeoutMs: milliseconds(check.Timeout, 30_000),
    startPeriodMs: milliseconds(check.StartPeriod, 0),
    startIntervalMs: milliseconds(check.StartInterval, 5_000),
    retries: check.Retries || 3,
  }
}

const milliseconds = (nanoseconds: number | undefined, absent: number): number =>
  nanoseconds ? nanoseconds / 1e6 : absent

export const initialHealth: HealthState = { status: 'starting', failingStreak: 0, log: [] }

/** How long to wait before the next probe: more often while the container is starting up. */
export const nextProbeIn = (plan: HealthPlan, health: HealthState, sinceStartMs: number): number =>
  health.status === 'starting' && sinceStartMs < plan.startPeriodMs ? plan.startIntervalMs : plan.intervalMs

/**
 * Health after a probe. A failure in the start period counts only once the container has been healthy.
 *
 * @param startedAt When the container's run began, milliseconds since the epoch.
 */
export const afterProbe = (
  plan: HealthPlan,
  health: HealthState,
  result: HealthResult,
  startedAt: number,
): HealthState => {
  const log = [...health.log, result].slice(-keptResults)
  if (result.exitCode === 0) return { status: 'healthy', failingStreak: 0, log }
  if (health.status === 'starting' && result.start - startedAt < plan.startPeriodMs) return { ...health, log }
  const failingStreak = health.failingStreak + 1
  return { status: failingStreak >= plan.retries ? 'unhealthy' : health.status, failingStreak, log }
}
