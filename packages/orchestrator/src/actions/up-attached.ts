import type { DesiredState } from '../desired/desired-state.ts'
import { AttachedSession, type SessionOptions } from './attached-session.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { noSuchService } from './scope.ts'
import { announce, approved, type UpOptions } from './up.ts'

export interface AttachedOptions extends UpOptions, SessionOptions {}

/**
 * Brings the project up and tells its output until all that is attached has ended, something asks for the end, or an interrupt
 * stops the containers. Gives the exit status: 130 after an interrupt.
 */
export const upAttached = async (
  context: ActionContext,
  desired: DesiredState,
  options: AttachedOptions,
): Promise<number> => {
  const { exitCodeFrom } = options
  if (exitCodeFrom !== undefined && !desired.services.some(({ name }) => name === exitCodeFrom))
    throw noSuchService(`${exitCodeFrom}: not found`, [])
  const { reconciliation } = await approved(context, desired, options)
  announce(context, reconciliation)
  const { plan } = reconciliation
  await executeOrThrow(
    context,
    plan.filter(({ phase }) => phase === 'create'),
  )
  const session = new AttachedSession(context, desired, options)
  try {
    await session.attach()
    return await session.run(() =>
      executeOrThrow(
        { ...context, signal: options.stop },
        plan.filter(({ phase }) => phase === 'start'),
        { quiet: () => true },
      ),
    )
  } finally {
    session.close()
  }
}
