import type { RestartPolicy } from '../containers/model.ts'

/** What the policy has to know about a run that ended. */
export interface EndedRun {
  readonly exitCode: number
  /** Restarts by the policy so far. */
  readonly restartCount: number
  readonly stoppedByUser: boolean
}

/** True when the policy starts the container again. */
export const restarts = (policy: RestartPolicy, run: EndedRun): boolean => {
  if (run.stoppedByUser) return false
  switch (policy.Name) {
    case 'always':
    case 'unless-stopped':
      return true
    case 'on-failure':
      return (
        run.exitCode !== 0 && (policy.MaximumRetryCount === 0 || run.restartCount < policy.MaximumRetryCount)
      )
    default:
      return false
  }
}

/** True when the policy starts a container that was not running when the engine (or the machine) came up. */
export const restartsAtBoot = (
  policy: RestartPolicy,
  { stoppedByUser }: Pick<EndedRun, 'stoppedByUser'>,
): boolean => policy.Name === 'always' || (policy.Name === 'unless-stopped' && !stoppedByUser)

const firstDelayMs = 100
const longestDelayMs = 60_000
/** A run that lasted so long was a good one: the delay begins anew. */
const goodRunMs = 10_000

/** Milliseconds until the next start; they double with each run that ended early. */
export const restartDelay = (previousDelayMs: number, ranMs: number): number =>
  previousDelayMs === 0 || ranMs >= goodRunMs ? firstDelayMs : Math.min(2 * previousDelayMs, longestDelayMs)
