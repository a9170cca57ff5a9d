import { UserError } from '@container-compose/core'
import type { ContainerState } from '../client/api-types.ts'
import type { AwaitCondition } from '../plan/operation.ts'

export type Verdict =
  | { readonly kind: 'met' }
  | { readonly kind: 'pending' }
  | { readonly kind: 'failed'; readonly error: UserError }

interface Awaited {
  readonly name: string
  readonly service: string
  readonly condition: AwaitCondition
}

/** Whether a container's state fulfils what its dependents wait for, or never will. */
export const judge = (state: ContainerState, awaited: Awaited): Verdict => {
  if (awaited.condition === 'completed') return judgeCompletion(state, awaited)
  const health = state.Health?.Status ?? 'none'
  if (health === 'unhealthy') return failed(awaited, 'is unhealthy')
  if (state.Status === 'exited' || state.Status === 'dead')
    return failed(awaited, `exited (${state.ExitCode})`)
  if (health === 'healthy') return { kind: 'met' }
  if (health === 'starting') return { kind: 'pending' }
  if (awaited.condition === 'healthy') return failed(awaited, 'has no healthcheck configured')
  return state.Status === 'running' ? { kind: 'met' } : { kind: 'pending' }
}

const judgeCompletion = (state: ContainerState, { service, name }: Awaited): Verdict => {
  if (state.Status !== 'exited' && state.Status !== 'dead') return { kind: 'pending' }
  if (state.ExitCode === 0) return { kind: 'met' }
  return {
    kind: 'failed',
    error: new UserError(
      'DEPENDENCY_FAILED',
      `service "${service}" didn't complete successfully: exit ${state.ExitCode}`,
      { hint: `container-compose logs ${service} shows what ${name} said` },
    ),
  }
}

const failed = ({ name, service, condition }: Awaited, what: string): Verdict => ({
  kind: 'failed',
  error: new UserError(
    'DEPENDENCY_FAILED',
    condition === 'healthy'
      ? `dependency failed to start: container ${name} ${what}`
      : `container ${name} ${what}`,
    { hint: `container-compose logs ${service} shows what it said` },
  ),
})
