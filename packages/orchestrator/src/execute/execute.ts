import { messageOf } from '@container-compose/core'
import type { EngineClient } from '../client/connect.ts'
import type { Emit } from '../events.ts'
import type { Operation, Plan, PlanNode } from '../plan/operation.ts'
import { describe } from './describe.ts'
import { perform } from './perform.ts'
import { Waiting } from './waiting.ts'

export type Outcome = 'done' | 'failed' | 'skipped'

export interface Execution {
  readonly outcomes: ReadonlyMap<number, Outcome>
  /** The errors of failed nodes, the first one first. */
  readonly errors: readonly unknown[]
}

export interface Executor {
  readonly client: EngineClient
  readonly emit: Emit
  readonly project: string
  /** Aborted: nothing new is begun, and awaits end. */
  readonly signal?: AbortSignal | undefined
}

/** What executing needs beside the plan. */
export interface ExecuteOptions {
  /** A failure lets independent nodes go on instead of beginning nothing more. */
  readonly keepGoing?: boolean
  /** Operations that move no rows of progress: starts are quiet in an attached `up`. */
  readonly quiet?: (operation: Operation) => boolean
}

/**
 * Executes a plan as wide as it allows: a node begins when all that it needs succeeded, and is skipped when one of these
 * failed. Decides nothing and never rejects; needs that are not in the plan count as done.
 */
export const execute = (
  plan: Plan,
  { client, emit, project, signal }: Executor,
  { keepGoing = false, quiet = () => false }: ExecuteOptions = {},
): Promise<Execution> => {
  const stop = new AbortController()
  const halted = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  const waiting = new Waiting(client, project, halted)
  const outcomes = new Map<number, Outcome>()
  const errors: unknown[] = []
  const begin = async ({ operation }: PlanNode): Promise<Outcome> => {
    const words = quiet(operation) ? undefined : describe(operation)
    if (words?.working !== undefined)
      emit({ type: 'progress', id: words.id, status: words.working, state: 'working' })
    try {
      const otherwise = await perform(operation, { client, emit, waiting, signal: halted })
      if (words !== undefined && otherwise !== undefined)
        emit({ type: 'progress', id: words.id, status: otherwise, state: 'warning' })
      else if (words?.done !== undefined)
        emit({ type: 'progress', id: words.id, status: words.done, state: 'done' })
      return 'done'
    } catch (error) {
      if (halted.aborted && (error === halted.reason || isAbort(error) || streams.has(operation.kind)))
        return 'skipped'
      if (words !== undefined)
        emit({ type: 'progress', id: words.id, status: words.failed ?? messageOf(error), state: 'error' })
      errors.push(error)
      if (!keepGoing) stop.abort()
      return 'failed'
    }
  }
  if (plan.length > 0) emit({ type: 'begin', rows: rowsOf(plan, quiet) })
  return new Promise((resolve) => {
    const ids = new Set(plan.map(({ id }) => id))
    const dependents = new Map<number, PlanNode[]>()
    const missing = new Map<number, number>()
    for (const node of plan) {
      const needs = node.needs.filter((need) => ids.has(need))
      missing.set(node.id, needs.length)
      for (const need of needs) dependents.set(need, [...(dependents.get(need) ?? []), node])
    }
    let open = plan.length
    const settle = (node: PlanNode, outcome: Outcome): void => {
      outcomes.set(node.id, outcome)
      open -= 1
      for (const dependent of dependents.get(node.id) ?? []) {
        missing.set(dependent.id, (missing.get(dependent.id) ?? 0) - 1)
        if (missing.get(dependent.id) === 0) schedule(dependent)
      }
      if (open === 0) {
        waiting.close()
        emit({ type: 'end' })
        resolve({ outcomes, errors })
      }
    }
    const schedule = (node: PlanNode): void => {
      const blocked = node.needs.some((need) => ids.has(need) && outcomes.get(need) !== 'done')
      if (blocked || halted.aborted) settle(node, 'skipped')
      else void begin(node).then((outcome) => settle(node, outcome))
    }
    if (open === 0) resolve({ outcomes, errors })
    for (const node of plan) if (missing.get(node.id) === 0) schedule(node)
  })
}

const rowsOf = (plan: Plan, quiet: (operation: Operation) => boolean) => {
  const steps = new Map<string, number>()
  for (const { operation } of plan) {
    const words = quiet(operation) ? undefined : describe(operation)
    if (words !== undefined)
      steps.set(words.id, (steps.get(words.id) ?? 0) + (words.done === undefined ? 0 : 1))
    if (operation.kind === 'image.pull') for (const service of operation.services) steps.set(service, 1)
  }
  return [...steps].map(([id, count]) => ({ id, steps: count }))
}

/** Cut off amid their streams, these end with whatever the connection says. */
const streams = new Set<Operation['kind']>(['image.pull', 'image.build', 'image.push'])

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'
