import type { LoadedProject } from '@container-compose/compose'
import type { DesiredState, Rule } from '@container-compose/orchestrator'
import type { UpInvocation } from './up.ts'
import { rulesOf } from './watch-files.ts'
import { lockForWatching } from './watch-lock.ts'

/** What `UpWatch` turns on and off. */
export interface UpWatchOptions {
  /** Watches until the signal is aborted; resolves when nothing of it is under way. */
  readonly watch: (signal: AbortSignal) => Promise<void>
  /** Watching is on or off now. */
  readonly changed: (isOn: boolean) => void
  /** It ended by itself. */
  readonly failed: (error: unknown) => void
}

/** Watching beside the logs of `up`, which a key turns on and off. */
export class UpWatch {
  readonly #options: UpWatchOptions
  #on: AbortController | undefined
  /** Resolves when nothing of what watching began is under way. */
  #settled: Promise<void> = Promise.resolve()

  constructor(options: UpWatchOptions) {
    this.#options = options
  }

  get isOn(): boolean {
    return this.#on !== undefined
  }

  get settled(): Promise<void> {
    return this.#settled
  }

  /** Idempotent. Begins when what was under way before has come to its end. */
  start(): void {
    if (this.#on !== undefined) return
    const on = new AbortController()
    this.#on = on
    this.#options.changed(true)
    this.#settled = this.#settled
      .then(() => (on.signal.aborted ? undefined : this.#options.watch(on.signal)))
      .catch(this.#options.failed)
      .finally(() => this.#ended(on))
  }

  /** Idempotent. */
  stop(): void {
    const on = this.#on
    if (on === undefined) return
    this.#ended(on)
    on.abort()
  }

  #ended(on: AbortController): void {
    if (this.#on !== on) return
    this.#on = undefined
    this.#options.changed(false)
  }
}

/** The rules, found when they are first asked for; from then on nobody else watches the project. */
export const watchRulesOnce = (
  invocation: UpInvocation,
  loaded: LoadedProject,
  desired: DesiredState,
): (() => Promise<readonly Rule[]>) => {
  let found: readonly Rule[] | undefined
  return async () => {
    if (found !== undefined) return found
    const rules = rulesOf(invocation, loaded, desired)
    await lockForWatching(invocation, desired.project)
    found = rules
    return rules
  }
}
