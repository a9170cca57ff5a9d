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
  /** Takes every plan instead of its execution (`--dry-run`). */
  readonly showOnly?: ((plan: Plan) => void) | undefined
}

/** Executes and throws the first error of the plan, if there was one. */
export const executeOrThrow = async (
  { client, emit, project, signal, showOnly }: ActionContext,
  plan: Plan,
  options: ExecuteOptions = {},
): Promise<void> => {
  if (showOnly !== undefined) {
    showOnly(plan)
    return
  }
  const { errors } = await execute(plan, { client, emit, project, signal }, options)
  if (errors.length > 0) throw errors[0]
}
