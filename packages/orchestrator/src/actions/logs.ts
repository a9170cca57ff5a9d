import { UserError } from '@container-compose/core'
import type { LogsQuery } from '../client/containers.ts'
import { label } from '../labels.ts'
import { observeContainers } from '../observed/observe.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { ActionContext } from './context.ts'
import { LogStreams } from './log-streams.ts'
import { containersIn, type Scope } from './scope.ts'

export interface LogsOptions extends LogsQuery {
  /** The container with this number only. */
  readonly index?: number | undefined
  /** Services that are only shown when named (`attach: false`). */
  readonly unattached?: ReadonlySet<string>
}

/**
 * Tells the scope's logs. With `follow` also of containers that start later, until all that ran at the start have died or the
 * signal is aborted.
 */
export const logs = async (
  context: ActionContext,
  scope: Scope,
  { index, unattached = new Set(), ...query }: LogsOptions,
): Promise<void> => {
  const { client, signal } = context
  const ended = new AbortController()
  const streams = new LogStreams(
    context,
    signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]),
  )
  const isWanted = ({ service, number }: Pick<ObservedContainer, 'service' | 'number'>): boolean => {
    if (index !== undefined && number !== index) return false
    if (scope.selected.length > 0) return scope.selected.includes(service)
    return !unattached.has(service) && (scope.services?.has(service) ?? true)
  }
  const containers = containersIn(scope, await observeContainers(client, scope.project)).filter(isWanted)
  if (index !== undefined && containers.length === 0)
    throw new UserError('NOT_RUNNING', `service "${scope.selected[0]}" is not running container #${index}`, {
      hint: `container-compose ps ${scope.selected[0]} lists its containers`,
    })
  const events = query.follow
    ? await client.system.events(
        { type: ['container'], event: ['start', 'die'], label: [`${label.project}=${scope.project}`] },
        AbortSignal.any(signal === undefined ? [ended.signal] : [ended.signal, signal]),
      )
    : undefined
  const alive = containers.filter(({ state }) => ['running', 'paused', 'restarting'].includes(state))
  const running = new Set(alive.map(({ name }) => name))
  await Promise.all(
    containers.map(async ({ name, id }) => {
      const { Config } = await client.containers.inspect(id)
      await streams.read(name, query, { tty: Config.Tty })
    }),
  )
  if (events === undefined || running.size === 0) return streams.allEnded()
  for await (const { Action, Actor } of events) {
    const { name = '', exitCode, [label.service]: service = '', [label.oneOff]: oneOff } = Actor.Attributes
    const number = Number(Actor.Attributes[label.containerNumber])
    if (oneOff === 'True' || !isWanted({ service, number })) continue
    await streams.ended(name)
    if (Action === 'start') {
      running.add(name)
      await streams.readNewRun(name)
    } else {
      const restarting = !(await hasEnded(context, name))
      context.emit({ type: 'exit', container: name, code: Number(exitCode ?? 0), restarting })
      if (!restarting) running.delete(name)
    }
    if (running.size === 0) break
  }
  ended.abort()
}

/** Whether a container that died stays dead: its restart policy may bring it back. */
const hasEnded = async ({ client }: ActionContext, name: string): Promise<boolean> => {
  try {
    const { State } = await client.containers.inspect(name)
    return !State.Running && State.Restarting !== true
  } catch {
    return true
  }
}
