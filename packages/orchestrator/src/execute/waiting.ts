import type { EngineClient } from '../client/connect.ts'
import type { Emit } from '../events.ts'
import { label } from '../labels.ts'
import type { Operation } from '../plan/operation.ts'
import { judge } from './condition.ts'

type Await = Extract<Operation, { kind: 'container.await' }>

/**
 * Waits for containers by one stream of the project's events: each event of a container makes those who wait for it look again.
 * A slow poll beside it covers engines whose streams break or lack an event.
 */
export class Waiting {
  readonly #client: EngineClient
  readonly #project: string
  readonly #signal: AbortSignal
  readonly #closed = new AbortController()
  readonly #wakers = new Map<string, Set<() => void>>()
  #listening: Promise<void> | undefined

  constructor(client: EngineClient, project: string, signal: AbortSignal) {
    this.#client = client
    this.#project = project
    this.#signal = signal
  }

  /** @throws UserError `DEPENDENCY_FAILED` when it will never be; AbortError when the execution is given up. */
  async until(operation: Await, emit: Emit): Promise<void> {
    this.#listening ??= this.#listen()
    await this.#listening
    let runningSince: number | undefined
    for (;;) {
      this.#signal.throwIfAborted()
      const changed = this.#nextChange(operation.name, runningSince === undefined ? pollMs : steadyMs)
      try {
        const { State } = await this.#client.containers.inspect(operation.name)
        const verdict = judge(State, operation)
        if (verdict.kind === 'met') {
          // Nobody checks its health, so at least it has to last a moment.
          if (operation.condition !== 'running_or_healthy' || State.Health !== undefined) return
          runningSince ??= performance.now()
          if (performance.now() - runningSince >= steadyMs) return
        }
        if (verdict.kind === 'failed') {
          if (!operation.optional) throw verdict.error
          emit({
            type: 'warning',
            message: `optional dependency ${operation.service} failed to start: ${verdict.error.message}`,
          })
          return
        }
        await changed.promise
      } finally {
        changed.cancel()
      }
    }
  }

  close(): void {
    this.#closed.abort()
  }

  async #listen(): Promise<void> {
    const events = await this.#client.system.events(
      { type: ['container'], label: [`${label.project}=${this.#project}`] },
      AbortSignal.any([this.#closed.signal, this.#signal]),
    )
    void (async () => {
      try {
        for await (const { Actor } of events) this.#wake(Actor.Attributes['name'] ?? '')
      } catch {
        // The poll goes on without it.
      }
    })()
  }

  #wake(name: string): void {
    for (const wake of this.#wakers.get(name) ?? []) wake()
  }

  #nextChange(name: string, withinMs: number): { readonly promise: Promise<void>; cancel(): void } {
    const wakers = this.#wakers.get(name) ?? new Set()
    this.#wakers.set(name, wakers)
    let wake = (): void => {}
    const promise = new Promise<void>((resolve) => {
      wake = resolve
    })
    const timer = setTimeout(wake, withinMs)
    const abort = (): void => wake()
    this.#signal.addEventListener('abort', abort, { once: true })
    wakers.add(wake)
    return {
      promise,
      cancel: () => {
        clearTimeout(timer)
        wakers.delete(wake)
        this.#signal.removeEventListener('abort', abort)
      },
    }
  }
}

const pollMs = 1_000
const steadyMs = 500
