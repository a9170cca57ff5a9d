import { humanDuration } from '@container-compose/core'
import type { ContainerState } from './model.ts'

/** What the API calls a state: `starting` is still what it was before, and between two runs of a policy that is `restarting`. */
export const shownStatus = ({
  status,
  startedAt,
  restartCount,
}: Pick<ContainerState, 'status' | 'startedAt' | 'restartCount'>): string => {
  if (status !== 'starting') return status
  if (restartCount > 0) return 'restarting'
  return startedAt === 0 ? 'created' : 'exited'
}

/** `Up 3 seconds (healthy)`, `Exited (0) 2 hours ago`: the sentence of `docker ps`. */
export const statusText = (state: ContainerState, now: number): string => {
  const { exitCode, startedAt, finishedAt, health } = state
  switch (shownStatus(state)) {
    case 'paused':
      return `Up ${humanDuration(now - startedAt)} (Paused)`
    case 'running': {
      const suffix =
        health === undefined ? '' : ` (${health.status === 'starting' ? 'health: starting' : health.status})`
      return `Up ${humanDuration(now - startedAt)}${suffix}`
    }
    case 'restarting':
      return `Restarting (${exitCode}) ${humanDuration(now - finishedAt)} ago`
    case 'removing':
      return 'Removal In Progress'
    case 'dead':
      return 'Dead'
    case 'created':
      return 'Created'
    default:
      return `Exited (${exitCode}) ${humanDuration(now - finishedAt)} ago`
  }
}
