import type { Clock } from '@container-compose/core'
import type { EngineClient } from '../client/connect.ts'
import type { Emit } from '../events.ts'
import { type ExecuteOptions, execute } from '../execute/execute.ts'
import type { Plan } from '../plan/operation.ts'

/** What every action works with. */
export interface ActionContext {
  readonly client: EngineClient
  readonly project: string
  readonly emit: Emit
  readonly clock: Clock
  /** Aborted: begin nothing more. */
  readonly signal?: AbortSignal
}

/** Executes and throws the first error of the plan, if there was one. */
export const executeOrThrow = async (
  { client, emit, project, signal }: ActionContext,
  plan: Plan,
  options: ExecuteOptions = {},
): Promise<void> => {
  const { errors } = await execute(plan, { client, emit, project, signal }, options)
  if (errors.length > 0) throw errors[0]
}
