import type { DesiredState } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import { observeContainers } from '../observed/observe.ts'
import { planStop } from '../reconcile/teardown.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { LogStreams } from './log-streams.ts'
import { containersIn, dependentsBy, noSuchService, removalOrder, scopeOf } from './scope.ts'
import { announce, approved, type UpOptions } from './up.ts'

export interface AttachedOptions extends UpOptions {
  /** Whether the output of a service is shown, and its end counts. */
  readonly attaches: (service: string) => boolean
  readonly abortOn?: 'exit' | 'failure' | undefined
  /** The service whose exit code is the result. */
  readonly exitCodeFrom?: string | undefined
  /** The first interrupt: stop gracefully. */
  readonly stop: AbortSignal
  /** The second: kill. */
  readonly kill: AbortSignal
  /** Called when all is attached, before anything is started. */
  readonly onAttached: () => void
  /** Called when a container's end makes the others stop. */
  readonly onAbort: () => void
}

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
  const session = new Session(context, desired, options)
  try {
    await session.attach()
    const started = executeOrThrow(
      { ...context, signal: options.stop },
      plan.filter(({ phase }) => phase === 'start'),
      { quiet: ({ kind }) => kind === 'container.start' },
    )
    return await Promise.race([session.ended, started.then(() => session.ended)])
  } finally {
    session.close()
  }
}

class Session {
  readonly #context: ActionContext
  readonly #desired: DesiredState
  readonly #options: AttachedOptions
  readonly #closed = new AbortController()
  readonly #streams: LogStreams
  readonly #live = new Set<string>()
  readonly #codes = new Map<string, number>()
  #ending = false
  #resolve: (status: number) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  readonly ended = new Promise<number>((resolve, reject) => {
    this.#resolve = resolve
    this.#reject = reject
  })

  constructor(context: ActionContext, desired: DesiredState, options: AttachedOptions) {
    this.#context = context
    this.#desired = desired
    this.#options = options
    this.#streams = new LogStreams(context, this.#closed.signal)
    this.ended.catch(() => {})
  }

  /** Attaches to every container that is shown, and listens to their ends. */
  async attach(): Promise<void> {
    const { client, project, emit } = this.#context
    const containers = (await observeContainers(client, project)).filter(
      ({ service, oneOff }) => !oneOff && this.#isShown(service),
    )
    const events = await client.system.events(
      { type: ['container'], event: ['start', 'die'], label: [`${label.project}=${project}`] },
      this.#closed.signal,
    )
    for (const { name } of containers) emit({ type: 'attach', container: name })
    this.#options.onAttached()
    await Promise.all(
      containers.map(async ({ name, id }) => {
        const { Config } = await client.containers.inspect(id)
        await this.#streams.attach(name, { tty: Config.Tty })
        this.#live.add(name)
      }),
    )
    void this.#watch(events).catch(this.#reject)
    this.#options.stop.addEventListener('abort', () => void this.#interrupt(), { once: true })
    if (this.#live.size === 0) this.#resolve(0)
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
        void this.#died(name, { service, code: Number(exitCode ?? 0) }).catch(this.#reject)
      // The first run has its attachment; whatever starts later is read from its log.
      else if (!this.#streams.has(name)) {
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
    if (!this.#codes.has(service)) this.#codes.set(service, code)
    if (this.#ending) return
    const { abortOn, exitCodeFrom } = this.#options
    if (abortOn === 'exit' || (abortOn === 'failure' && code !== 0)) {
      this.#options.onAbort()
      await this.#stopAll()
      this.#resolve(exitCodeFrom === undefined ? code : await this.#codeOf(exitCodeFrom))
    } else if (this.#live.size === 0) this.#resolve(0)
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
      const killed = new Promise<void>((resolve) =>
        this.#options.kill.addEventListener('abort', () => void this.#killAll().then(resolve, resolve), {
          once: true,
        }),
      )
      await Promise.race([this.#stopAll(), killed])
      await this.#streams.allEnded()
      this.#resolve(130)
    } catch (error) {
      this.#reject(error)
    }
  }

  async #stopAll(): Promise<void> {
    this.#ending = true
    const { client, project } = this.#context
    const all = await observeContainers(client, project)
    const scope = scopeOf(this.#desired, [])
    const containers = containersIn(scope, all)
    const dependents = dependentsBy(scope, all)
    const order = removalOrder(new Set(containers.map(({ service }) => service)), dependents)
    const timeoutSeconds = this.#options.policy.stopTimeoutSeconds
    await executeOrThrow(
      // The interrupt that made us stop must not stop the stopping.
      { client, project, emit: this.#context.emit, clock: this.#context.clock },
      planStop({ order, dependents, containers, timeoutSeconds }, 'the session ends'),
      { keepGoing: true },
    )
  }

  async #killAll(): Promise<void> {
    const { client, project } = this.#context
    const running = (await observeContainers(client, project)).filter(({ state }) => state === 'running')
    // One that has ended by itself in the meantime is as good as killed.
    await Promise.allSettled(running.map(({ id }) => client.containers.kill(id, 'SIGKILL')))
  }
}
