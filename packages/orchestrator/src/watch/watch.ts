import type { Clock } from '@container-compose/core'
import { messageOf } from '@container-compose/core'
import type { ActionContext } from '../actions/context.ts'
import type { EngineEvent } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { label } from '../labels.ts'
import { type Copy, containerPath, planChanges } from './plan-changes.ts'
import { concerns, type Rule } from './rules.ts'
import { ServiceWatch } from './service-watch.ts'
import { WatchedTree } from './watched-tree.ts'

/** What the watched services work with. */
export interface WatchContext {
  readonly client: EngineClient
  readonly clock: Clock
  readonly project: string
  /** Our engine takes removals with what is written, and restarts processes in machines that run. */
  readonly ownEngine: boolean
  readonly signal: AbortSignal
  readonly say: (message: string) => void
  readonly warn: (message: string) => void
  /** Whether the host has the path, as of the last look. */
  readonly exists: (path: string) => boolean
  readonly rebuild: (service: string) => Promise<void>
  readonly restart: (service: string) => Promise<void>
}

export interface WatchOptions {
  readonly rules: readonly Rule[]
  /** Aborted: watching ends. */
  readonly signal: AbortSignal
  /** Builds the service's image and puts new containers in the place of the old. */
  readonly rebuild: (service: string) => Promise<void>
  readonly restart: (service: string) => Promise<void>
}

/** Watches until the signal is aborted, and does what the rules say. What it does is told as `watch` events. */
export const watch = async (
  { client, project, emit, clock }: ActionContext,
  { rules, signal, rebuild, restart }: WatchOptions,
): Promise<void> => {
  const tree = new WatchedTree(rules, {
    clock,
    unwatchable: (directory, error) => {
      emit({ type: 'warning', message: `changes in ${directory} will not be seen: ${messageOf(error)}` })
    },
  })
  const context: WatchContext = {
    client,
    clock,
    project,
    ownEngine: await client.system.isOwnEngine(),
    signal,
    say: (message) => emit({ type: 'watch', message }),
    warn: (message) => emit({ type: 'warning', message }),
    exists: (path) => tree.index.get(path) !== undefined,
    rebuild,
    restart,
  }
  const ended = new AbortController()
  const either = AbortSignal.any([signal, ended.signal])
  try {
    tree.open()
    const services = new Map(
      [...new Set(rules.map(({ service }) => service))].map((name) => [
        name,
        new ServiceWatch(context, name, () => initialCopies(rules, name, tree.index.paths())),
      ]),
    )
    const starts = () =>
      client.system.events(
        { type: ['container'], event: ['start', 'unpause'], label: [`${label.project}=${project}`] },
        either,
      )
    const first = await starts()
    const begun = Promise.all([...services.values()].map((service) => service.begin()))
    // An interrupt does not wait for large trees to be brought over.
    await Promise.race([begun, aborted(either)])
    context.say('Watch enabled')
    void listenToStarts(first, starts, { services, clock, signal: either })
    for (let batch = await tree.next(either); batch !== undefined; batch = await tree.next(either))
      for (const [name, work] of planChanges(rules, batch.changes))
        services.get(name)?.change(work, batch.since)
    context.say('Watch disabled')
  } finally {
    ended.abort()
    tree.close()
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

type Starts = AsyncIterable<EngineEvent>

/** How long after an engine has gone another one is looked for, again and again. */
const lookAgainMs = 500

/** Tells services of containers that start. An engine that goes is waited for: what started meanwhile is found when it is back. */
const listenToStarts = async (
  first: Starts,
  again: () => Promise<Starts>,
  {
    services,
    clock,
    signal,
  }: {
    readonly services: ReadonlyMap<string, ServiceWatch>
    readonly clock: Clock
    readonly signal: AbortSignal
  },
): Promise<void> => {
  let starts: Starts | undefined = first
  while (!signal.aborted) {
    try {
      for await (const { Actor } of starts ?? [])
        if (Actor.Attributes[label.oneOff] !== 'True')
          services.get(Actor.Attributes[label.service] ?? '')?.started(Actor.ID)
    } catch {
      // It went amid a message.
    }
    starts = undefined
    try {
      await clock.sleep(lookAgainMs, signal)
      starts = await again()
      await Promise.all([...services.values()].map((service) => service.lookAgain()))
    } catch {
      // Not back yet, or watching has ended.
    }
  }
}

const initialCopies = (rules: readonly Rule[], service: string, paths: Iterable<string>): Copy[] => {
  const initial = rules.filter(
    (rule) => rule.service === service && rule.initialSync && rule.action.startsWith('sync'),
  )
  if (initial.length === 0) return []
  return [...paths].flatMap((from) =>
    initial
      .filter((rule) => concerns(rule, from))
      .map((rule) => ({ from, to: containerPath(rule, from), replaces: false })),
  )
}
