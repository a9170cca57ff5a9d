import { messageOf } from '@container-compose/core'
import { label } from '../labels.ts'
import { type ObservedContainer, observedContainer } from '../observed/observed-state.ts'
import { Debts, deltaOf } from './debts.ts'
import { deliver } from './deliver.ts'
import type { Copy, ServiceWork } from './plan-changes.ts'
import type { Hook } from './rules.ts'
import { runInside } from './run-inside.ts'
import type { WatchContext } from './watch.ts'

/**
 * The watched side of one service: does what changes ask for, one thing after the other; what comes meanwhile is done together.
 */
export class ServiceWatch {
  readonly #context: WatchContext
  readonly #service: string
  /** By container id: what each still has to be given. */
  readonly #debts = new Map<string, Debts>()
  /** All that has changed since watching began, for containers that are made later. */
  readonly #touched = new Debts()
  readonly #initial: () => readonly Copy[]
  #wanted: Wanted = nothing
  /** Restarts and hooks that come after the next delivery, as the one before them failed or found nobody. */
  #postponed: Wanted = nothing
  #running: Promise<void> | undefined

  /** `initial` are the copies of rules with `initial_sync`. */
  constructor(context: WatchContext, service: string, initial: () => readonly Copy[]) {
    this.#context = context
    this.#service = service
    this.#initial = initial
  }

  /** Takes note of the containers that exist. */
  async begin(): Promise<void> {
    for (const { id } of await this.#containers()) this.#debtsOf(id)
    if (this.#initial().length > 0) this.#add({ ...nothing, deliver: true })
    await this.settled()
  }

  /** What changed; `since` is when, milliseconds since the epoch. */
  change({ copies, rebuild, restart, hooks }: ServiceWork, since: number): void {
    this.#touched.add(copies)
    for (const debts of this.#debts.values()) debts.add(copies)
    this.#add({ deliver: copies.length > 0, changes: copies.length, rebuild, restart, hooks, since })
  }

  /**
   * A container of the service has started, or goes on. In our engine it is given all that has changed, also what it had before: a
   * machine that was killed may not have had time to write it to its disk.
   */
  started(id: string): void {
    const debts = this.#debtsOf(id)
    if (this.#context.ownEngine) debts.add(this.#touched.all())
    this.#add({ ...nothing, deliver: true })
  }

  /** Finds the containers that have started unheard. */
  async lookAgain(): Promise<void> {
    for (const { id, state } of await this.#containers()) if (state === 'running') this.started(id)
  }

  /** Resolves when there is nothing to do. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  /** What a container that is seen for the first time is owed is all. */
  #debtsOf(id: string): Debts {
    const known = this.#debts.get(id)
    if (known !== undefined) return known
    const debts = new Debts()
    debts.add(this.#initial())
    debts.add(this.#touched.all())
    this.#debts.set(id, debts)
    return debts
  }

  #add(more: Wanted): void {
    this.#wanted = together(this.#wanted, more)
    this.#running ??= this.#work()
  }

  async #work(): Promise<void> {
    while (this.#wanted !== nothing && !this.#context.signal.aborted) {
      const wanted = together(this.#postponed, this.#wanted)
      this.#wanted = this.#postponed = nothing
      try {
        await this.#do(wanted)
      } catch (error) {
        if (this.#context.signal.aborted) break
        this.#context.warn(`Error handling changed files: ${messageOf(error)}`)
      }
    }
    // In the same breath as the last look at what is wanted: nothing can come between.
    this.#running = undefined
  }

  async #do({ deliver, changes, rebuild, restart, hooks, since }: Wanted): Promise<void> {
    const { say, clock } = this.#context
    const name = this.#service
    const took = () => (since === undefined ? '' : ` in ${inSeconds(clock.now() - since)} s`)
    if (rebuild) await this.#context.rebuild(name)
    if (deliver) {
      if (changes > 0) say(`Syncing service "${name}" after ${changes} changes were detected`)
      const reached = await this.#deliver({ stopped: restart }).catch((error: unknown) => {
        if (restart || hooks.length > 0) this.#postponed = { ...nothing, restart, hooks }
        throw error
      })
      if (changes > 0 && reached > 0 && !restart && hooks.length === 0)
        say(`service(s) ["${name}"] synced${took()}`)
    }
    if (restart) {
      await this.#context.restart(name)
      say(`service(s) ["${name}"] restarted${took()}`)
    }
    if (hooks.length === 0) return
    if (await this.#runHooks(hooks)) say(`service(s) ["${name}"] synced and told${took()}`)
    else this.#postponed = { ...nothing, hooks }
  }

  /** Gives containers what they are owed; those that do not run get it when they start, or now, as they are about to. */
  async #deliver({ stopped }: { readonly stopped: boolean }): Promise<number> {
    const { client, exists, ownEngine, warn } = this.#context
    const containers = await this.#containers()
    for (const id of this.#debts.keys())
      if (!containers.some((container) => container.id === id)) this.#debts.delete(id)
    const reached = containers.filter(
      ({ state }) => state === 'running' || (stopped && (state === 'exited' || state === 'created')),
    )
    const results = await Promise.allSettled(
      reached.map(async ({ id }) => {
        const debts = this.#debtsOf(id)
        const copies = debts.take()
        if (copies.length === 0) return
        const skipped = (path: string, error: unknown): void => {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
            warn(`${path} is left out: ${messageOf(error)}`)
        }
        try {
          await deliver(client, id, deltaOf(copies, exists), { ownEngine, skipped })
        } catch (error) {
          debts.add(copies)
          throw error
        }
      }),
    )
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return reached.length
  }

  /** One after the other, each in all containers that run. False: none does. */
  async #runHooks(hooks: readonly Hook[]): Promise<boolean> {
    const { client } = this.#context
    const running = (await this.#containers()).filter(({ state }) => state === 'running')
    for (const { command, user, privileged, working_dir, environment } of hooks)
      await Promise.all(
        running.map(({ id }) =>
          runInside(client, id, {
            command: command ?? [],
            user,
            privileged,
            workingDirectory: working_dir,
            environment: Object.entries(environment ?? {}).flatMap(([key, value]) =>
              value === null ? [] : [`${key}=${value}`],
            ),
          }),
        ),
      )
    return running.length > 0
  }

  async #containers(): Promise<ObservedContainer[]> {
    const { client, project } = this.#context
    const found = await client.containers.list({
      all: true,
      filters: {
        label: [`${label.project}=${project}`, `${label.service}=${this.#service}`, label.configHash],
      },
    })
    return found.map(observedContainer).filter(({ oneOff }) => !oneOff)
  }
}

interface Wanted extends Omit<ServiceWork, 'copies'> {
  readonly deliver: boolean
  readonly changes: number
  readonly since?: number
}

const nothing: Wanted = { deliver: false, changes: 0, rebuild: false, restart: false, hooks: [] }

const together = (a: Wanted, b: Wanted): Wanted => {
  if (a === nothing) return b
  const since = a.since ?? b.since
  return {
    deliver: a.deliver || b.deliver,
    changes: a.changes + b.changes,
    rebuild: a.rebuild || b.rebuild,
    restart: a.restart || b.restart,
    hooks: [...new Set([...a.hooks, ...b.hooks])],
    ...(since === undefined ? {} : { since }),
  }
}

const inSeconds = (ms: number): string => (ms / 1000).toFixed(ms < 10_000 ? 3 : 1)
