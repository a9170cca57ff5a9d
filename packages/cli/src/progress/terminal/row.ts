import { deferred } from '@container-compose/core'
import type { ProgressEvent } from '@container-compose/orchestrator'

export type RowState = 'planned' | ProgressEvent['state']

/** One row of progress: promised by a plan, moved by events, settled when all its steps are done or its plan has ended. */
export class Row {
  readonly id: string
  /** Image layers, or steps of a build, by id, in the order in which they first moved. */
  readonly layers = new Map<string, ProgressEvent>()
  readonly #now: () => number
  readonly #settled = deferred()
  #steps: number
  #last: ProgressEvent | undefined
  #startedAt: number | undefined
  #settledAt: number | undefined

  /** `steps`: how many times it will be told that something is done. */
  constructor(id: string, steps: number, now: () => number) {
    this.id = id
    this.#steps = steps
    this.#now = now
  }

  get state(): RowState {
    if (this.#last === undefined) return 'planned'
    const { state } = this.#last
    if (state === 'error' || state === 'warning') return state
    if (this.#settledAt === undefined) return 'working'
    // It was cut off in the middle.
    return state === 'working' ? 'warning' : 'done'
  }

  /** `Created`, `Pulling`, `Error manifest unknown` */
  get status(): string {
    return [this.#last?.text, this.#last?.status].filter(Boolean).join(' ')
  }

  /** Resolves when it is settled. */
  get settled(): Promise<void> {
    return this.#settled.promise
  }

  get isSettled(): boolean {
    return this.#settledAt !== undefined
  }

  /** Milliseconds since it first moved, until it was settled; undefined when it has not moved. */
  get elapsedMs(): number | undefined {
    return this.#startedAt === undefined ? undefined : (this.#settledAt ?? this.#now()) - this.#startedAt
  }

  move(event: ProgressEvent): void {
    this.#last = event
    this.#startedAt ??= this.#now()
    if (event.state === 'working') return
    this.#steps -= 1
    if (this.#steps <= 0 || event.state === 'error') this.settle()
  }

  moveLayer(event: ProgressEvent): void {
    this.layers.set(event.id, event)
  }

  /** A step printed a line. */
  moveStep(id: string, line: string): void {
    const step = this.layers.get(id)
    if (step !== undefined) this.layers.set(id, { ...step, status: line })
  }

  /** Nothing more will happen to it. Does nothing the second time. */
  settle(): void {
    this.#settledAt ??= this.#now()
    this.#settled.resolve()
  }
}
