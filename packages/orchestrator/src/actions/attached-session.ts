import { deferred } from '@container-compose/core'
import type { DesiredState } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import { observeContainers } from '../observed/observe.ts'
import type { Policy } from '../reconcile/policy.ts'
import { removalOrder } from '../reconcile/removal-order.ts'
import { planStop } from '../reconcile/teardown.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { LogStreams } from './log-streams.ts'
import { containersIn, dependentsBy, scopeOf } from './scope.ts'

export interface SessionOptions {
  readonly policy: Policy
  /** Whether the output of a service is shown, and its end counts. */
  readonly attaches: (service: string) => boolean
  readonly abortOn?: 'exit' | 'failure' | undefined
  /** The service whose exit code is the result. */
  readonly exitCodeFrom?: string | undefined
  /** The first interrupt: stop gracefully. */
  readonly stop: AbortSignal
  /** The second: kill. */
  readonly kill: AbortSignal
  /** Ends the session with 0 and leaves the containers running, when all of them have been started. */
  readonly leave?: AbortSignal
  /** Called with the names of the containers that are shown, before any of them is attached to or started. */
  readonly onAttach: (containers: readonly string[]) => Promise<void>
  /** While this says so, containers that end are about to be replaced, and the session goes on without any. */
  readonly isReplacing?: () => boolean
  /** Resolves, after an interrupt, when no container is being replaced any more. */
  readonly replaced?: () => Promise<void>
  /** Called when all has been started. */
  readonly onStarted?: () => void
  /** Called when a container's end makes the others stop. */
  readonly onAbort: () => void
}

/**
 * Containers whose output is told as long as any of them lives. Its exit status: 0 when all have ended by themselves, a
 * container's when its end makes the others stop, 130 after an interrupt.
 */
export class AttachedSession {
  readonly #context: ActionContext
  readonly #desired: DesiredState
  readonly #options: SessionOptions
  readonly #closed = new AbortController()
  readonly #streams: LogStreams
  readonly #live = new Set<string>()
  /** Attached to for the run that is still to begin. */
  readonly #attached = new Set<string>()
  readonly #codes = new Map<string, number>()
  readonly #allDied = deferred<void>()
  #ending = false
  readonly #ended = deferred<number>()
  #starting: Promise<unknown> = Promise.resolve()

  constructor(context: ActionContext, desired: DesiredState, options: SessionOptions) {
    this.#context = context
    this.#desired = desired
    this.#options = options
    this.#streams = new LogStreams(context, this.#closed.signal)
    this.#ended.promise.catch(() => {})
  }

  /** Attaches to every container that is shown, and listens to their ends. */
  async attach(): Promise<void> {
    const { client, project } = this.#context
    const containers = (await observeContainers(client, project)).filter(
      ({ service, oneOff }) => !oneOff && this.#isShown(service),
    )
    const events = await client.system.events(
      { type: ['container'], event: ['start', 'die'], label: [`${label.project}=${project}`] },
      this.#closed.signal,
    )
    await this.#options.onAttach(containers.map(({ name }) => name))
    await Promise.all(
      containers.map(async ({ name, id, state }) => {
        const { Config } = await client.containers.inspect(id)
        await this.#streams.attach(name, { tty: Config.Tty })
        this.#live.add(name)
        if (state !== 'running' && state !== 'paused') this.#attached.add(name)
      }),
    )
    void this.#watch(events).catch(this.#ended.reject)
    whenAborted(this.#options.stop, () => void this.#interrupt())
    if (this.#options.leave !== undefined) whenAborted(this.#options.leave, () => void this.#leave())
    if (this.#live.size === 0) this.#ended.resolve(0)
  }

  /** Begins the start of the containers, and resolves with the exit status when the session has ended. */
  async run(start: () => Promise<void>): Promise<number> {
    const started = start().then(() => this.#options.onStarted?.())
    this.#starting = started.catch(() => {})
    return Promise.race([this.#ended.promise, started.then(() => this.#ended.promise)])
  }

  close(): void {
    this.#closed.abort()
  }

  #isShown(service: string): boolean {
    return this.#desired.services.some(({ name }) => name === service) && this.#options.attaches(service)
  }

  async #watch(events: Awaited<ReturnType<ActionContext['client']['system']['events']>>): Promise<void> {
    for await (const { Action, Actor } of events) {
      const { name = '', exitCode, [label.service]: service = '', [label.oneOff]: oneOff } = Actor.Attributes
      if (oneOff === 'True' || !this.#isShown(service)) continue
      if (Action === 'die')
        void this.#died(name, { service, code: Number(exitCode ?? 0) }).catch(this.#ended.reject)
      // The first run has its attachment; whatever starts later is read from its log.
      else if (!this.#attached.delete(name)) {
        await this.#streams.ended(name)
        this.#live.add(name)
        await this.#streams.readNewRun(name)
      }
    }
  }

  async #died(
    name: string,
    { service, code }: { readonly service: string; readonly code: number },
  ): Promise<void> {
    await this.#streams.ended(name)
    const restarting = !this.#ending && (await this.#restarts(name))
    this.#context.emit({ type: 'exit', container: name, code, restarting })
    if (restarting) return
    this.#live.delete(name)
    if (this.#live.size === 0) this.#allDied.resolve()
    if (!this.#codes.has(service)) this.#codes.set(service, code)
    if (this.#ending) return
    const { abortOn, exitCodeFrom } = this.#options
    if (abortOn === 'exit' || (abortOn === 'failure' && code !== 0)) {
      this.#options.onAbort()
      await this.#stopAll()
      await this.#lastWords()
      this.#ended.resolve(exitCodeFrom === undefined ? code : await this.#codeOf(exitCodeFrom))
    } else if (this.#live.size === 0 && this.#options.isReplacing?.() !== true) this.#ended.resolve(0)
  }

  async #restarts(name: string): Promise<boolean> {
    try {
      const { State } = await this.#context.client.containers.inspect(name)
      return State.Restarting === true || State.Running
    } catch {
      return false
    }
  }

  async #codeOf(service: string): Promise<number> {
    const known = this.#codes.get(service)
    if (known !== undefined) return known
    const { client, project } = this.#context
    const container = (await observeContainers(client, project)).find((one) => one.service === service)
    if (container === undefined) return 0
    const { State } = await client.containers.inspect(container.id)
    return State.ExitCode
  }

  async #interrupt(): Promise<void> {
    try {
      // A container that is killed has stopped, so whoever waits for that goes on.
      whenAborted(this.#options.kill, () => void this.#killAll().catch(this.#ended.reject))
      // What is being started has to be stopped too.
      await this.#starting
      await this.#options.replaced?.()
      await this.#stopAll()
      await this.#lastWords()
      this.#ended.resolve(130)
    } catch (error) {
      this.#ended.reject(error)
    }
  }

  async #leave(): Promise<void> {
    await this.#starting
    await this.#options.replaced?.()
    this.#ended.resolve(0)
  }

  /** Resolves when all that the stopped containers said has been told, and that they have ended. */
  async #lastWords(): Promise<void> {
    const { containers } = await this.#containers()
    for (const { name, state } of containers)
      if (state === 'created') this.#live.delete(name)
      else await this.#streams.ended(name)
    if (this.#live.size > 0)
      await Promise.race([this.#allDied.promise, this.#context.clock.sleep(newsOfDeathMs)])
  }

  async #stopAll(): Promise<void> {
    this.#ending = true
    const { client, project, emit, clock } = this.#context
    const { all, containers, scope } = await this.#containers()
    const dependents = dependentsBy(scope, all)
    const order = removalOrder(new Set(containers.map(({ service }) => service)), dependents)
    const timeoutSeconds = this.#options.policy.stopTimeoutSeconds
    await executeOrThrow(
      // The interrupt that made us stop must not stop the stopping.
      { client, project, emit, clock },
      planStop({ order, dependents, containers, timeoutSeconds }, 'the session ends'),
      { keepGoing: true },
    )
  }

  async #killAll(): Promise<void> {
    const { client } = this.#context
    const { containers } = await this.#containers()
    const running = containers.filter(({ state }) => state === 'running')
    // One that has ended by itself in the meantime is as good as killed.
    await Promise.allSettled(running.map(({ id }) => client.containers.kill(id, 'SIGKILL')))
  }

  async #containers() {
    const all = await observeContainers(this.#context.client, this.#context.project)
    const scope = scopeOf(this.#desired, [])
    return { all, scope, containers: containersIn(scope, all) }
  }
}

/** How long the news of deaths may take after the containers have stopped. */
const newsOfDeathMs = 500

const whenAborted = (signal: AbortSignal, action: () => void): void => {
  if (signal.aborted) action()
  else signal.addEventListener('abort', action, { once: true })
}
