import { UserError } from '@container-compose/core'
import type { DesiredState } from '../desired/desired-state.ts'
import { risks } from '../plan/operation.ts'
import { reconcile } from '../reconcile/reconcile.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { type Prepared, type PrepareOptions, prepare } from './prepare.ts'

export interface UpOptions extends PrepareOptions {
  /** Asks whether the data of a volume may be lost. */
  readonly approveLoss: (volume: string) => Promise<boolean>
  /** Milliseconds that the wait for running and healthy may take; 0: no limit. */
  readonly waitTimeoutMs?: number
}

/** Brings the project up, detached: resolves when all is started, and with `policy.wait` when all is healthy. */
export const up = async (
  context: ActionContext,
  desired: DesiredState,
  options: UpOptions,
): Promise<void> => {
  const { reconciliation } = await approved(context, desired, options)
  announce(context, reconciliation)
  const { waitTimeoutMs = 0 } = options
  if (!options.policy.wait || waitTimeoutMs === 0) return executeOrThrow(context, reconciliation.plan)
  const timeout = AbortSignal.timeout(waitTimeoutMs)
  const signal = context.signal === undefined ? timeout : AbortSignal.any([context.signal, timeout])
  await executeOrThrow({ ...context, signal }, reconciliation.plan)
  if (timeout.aborted)
    throw new UserError('WAIT_TIMEOUT', `application not healthy after ${waitTimeoutMs / 1000}s`, {
      hint: 'container-compose ps shows which container is not healthy',
    })
}

/** Prepares, and asks before data is lost: a volume that may not be lost stays as it is. */
export const approved = async (
  context: ActionContext,
  desired: DesiredState,
  options: UpOptions,
): Promise<Prepared> => {
  const prepared = await prepare(context, desired, options)
  const refused = new Set<string>()
  for (const operation of risks(prepared.reconciliation.plan))
    if (operation.kind === 'volume.remove' && !(await options.approveLoss(operation.name)))
      refused.add(operation.name)
  if (refused.size === 0) return prepared
  const policy = { ...options.policy, keepVolumes: refused }
  return { ...prepared, reconciliation: reconcile(desired, prepared.observed, policy) }
}

/** Says what is known before anything is executed. */
export const announce = (
  { emit }: ActionContext,
  { warnings, unchanged }: Prepared['reconciliation'],
): void => {
  for (const message of warnings) emit({ type: 'warning', message })
  for (const name of unchanged)
    emit({ type: 'progress', id: `Container ${name}`, status: 'Running', state: 'done' })
}
