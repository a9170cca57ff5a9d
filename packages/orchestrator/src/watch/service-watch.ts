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
  readonly #touched = new Map<string, Copy>()
  readonly #initial: () => readonly Copy[]
  #wanted: Wanted = nothing
  #running: Promise<void> | undefined

  /** `initial` are the copies of rules with `initial_sync`. */
  constructor(context: WatchContext, service: string, initial: () => readonly Copy[]) {
    this.#context = context
    this.#service = service
    this.#initial = initial
  }

  /** Takes note of the containers that exist. */
  async begin(): Promise<void> {
    for (const { id } of await this.#containers()) this.#debts.set(id, this.#debtOf(this.#initial()))
    if (this.#initial().length > 0) this.#add({ ...nothing, deliver: true })
    await this.settled()
  }

  /** What changed; `since` is when, milliseconds since the epoch. */
  change({ copies, rebuild, restart, hooks }: ServiceWork, since: number): void {
    for (const copy of copies) this.#touched.set(copy.to, copy)
    for (const debts of this.#debts.values()) debts.add(copies)
    this.#add({ deliver: copies.length > 0, changes: copies.length, rebuild, restart, hooks, since })
  }

  /** A container of the service has started. */
  started(id: string): void {
    if (!this.#debts.has(id))
      this.#debts.set(id, this.#debtOf([...this.#initial(), ...this.#touched.values()]))
    // Owed or not: what is being delivered to the run before may fail yet.
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

  #debtOf(copies: Iterable<Copy>): Debts {
    const debts = new Debts()
    debts.add(copies)
    return debts
  }

  #add(more: Wanted): void {
    this.#wanted = together(this.#wanted, more)
    this.#running ??= this.#work()
  }

  async #work(): Promise<void> {
    while (this.#wanted !== nothing && !this.#context.signal.aborted) {
      const wanted = this.#wanted
      this.#wanted = nothing
      try {
        await this.#do(wanted)
      } catch (error) {
        if (this.#context.signal.aborted) break
        this.#context.warn(`Error handling changed files: ${wordsOf(error)}`)
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
      const reached = await this.#deliver()
      if (changes > 0 && reached > 0 && !restart && hooks.length === 0)
        say(`service(s) ["${name}"] synced${took()}`)
    }
    if (restart) {
      await this.#context.restart(name)
      say(`service(s) ["${name}"] restarted${took()}`)
    }
    for (const hook of hooks) await this.#runHook(hook)
    if (hooks.length > 0) say(`service(s) ["${name}"] synced and told${took()}`)
  }

  /** Gives every running container what it is owed; those that do not run get it when they start. */
  async #deliver(): Promise<number> {
    const { client, exists, ownEngine, warn } = this.#context
    const containers = await this.#containers()
    for (const id of this.#debts.keys())
      if (!containers.some((container) => container.id === id)) this.#debts.delete(id)
    const running = containers.filter(({ state }) => state === 'running')
    const results = await Promise.allSettled(
      running.map(async ({ id }) => {
        const debts = this.#debts.get(id) ?? this.#debtOf([...this.#initial(), ...this.#touched.values()])
        this.#debts.set(id, debts)
        const copies = debts.take()
        if (copies.length === 0) return
        const skipped = (path: string, error: unknown): void => {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
            warn(`${path} is left out: ${wordsOf(error)}`)
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
    return running.length
  }

  async #runHook({ command, user, privileged, working_dir, environment }: Hook): Promise<void> {
    const { client } = this.#context
    const running = (await this.#containers()).filter(({ state }) => state === 'running')
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

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
