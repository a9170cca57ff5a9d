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

/** A duration as docker/go-units says it. */
export const humanDuration = (ms: number): string => {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.floor(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.round(seconds / 3600)
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`
  return `${Math.floor(hours / 24 / 365)} years`
}
