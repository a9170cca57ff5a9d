import type { ComposeEvent, ProgressEvent } from '@container-compose/orchestrator'
import { Listr, type ListrTaskWrapper } from 'listr2'
import { renderLine } from './plain.ts'
import type { Progress, ProgressOptions } from './progress.ts'
import { renderWarning } from './warning.ts'

/**
 * Rows that are known from the plan and settled by events. Each plan is one list; what happens to no plan (containers that
 * run already) is listed above it.
 */
export class TerminalProgress implements Progress {
  readonly #options: ProgressOptions
  readonly #rows = new Map<string, Row>()
  #list: Promise<unknown> = Promise.resolve()
  #running = false

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  emit(event: ComposeEvent): void {
    if (event.type === 'begin') this.#begin(event.rows)
    else if (event.type === 'end') for (const row of this.#rows.values()) row.finish()
    else if (event.type === 'warning') this.#options.write(renderWarning(event.message, this.#options))
    else if (event.type === 'progress') this.#move(event)
  }

  async end(): Promise<void> {
    if (!this.#running) this.#begin([])
    for (const row of this.#rows.values()) row.finish()
    await this.#list
  }

  #begin(planned: readonly { readonly id: string; readonly steps: number }[]): void {
    for (const { id, steps } of planned) {
      const row = this.#rows.get(id) ?? new Row(id, this.#options.now)
      row.expect(steps)
      this.#rows.set(id, row)
    }
    const rows = [...this.#rows.values()].filter((row) => !row.isShown)
    if (rows.length === 0) return
    this.#running = true
    const list = new Listr(
      rows.map((row) => ({ title: row.title, task: (_context, task) => row.show(task) })),
      {
        concurrent: true,
        exitOnError: false,
        forceTTY: true,
        rendererOptions: { showErrorMessage: false, collapseSubtasks: false, lazy: false },
        registerSignalListeners: false,
      },
    )
    // Lists follow each other: two at once would overwrite each other's lines.
    this.#list = this.#list.then(() => list.run()).catch(() => {})
  }

  #move(event: ProgressEvent): void {
    const parent = event.parent === undefined ? undefined : this.#rows.get(event.parent)
    if (parent !== undefined) {
      parent.note(renderLine(event).trim())
      return
    }
    const row = this.#rows.get(event.id) ?? new Row(event.id, this.#options.now)
    this.#rows.set(event.id, row)
    row.move(event)
  }
}

class Row {
  readonly #id: string
  readonly #now: () => number
  #startedAt: number | undefined
  #finishedAt: number | undefined
  #steps = 0
  #last: ProgressEvent | undefined
  #task: ListrTaskWrapper<unknown, never, never> | undefined
  #settle: ((error?: Error) => void) | undefined

  constructor(id: string, now: () => number) {
    this.#id = id
    this.#now = now
  }

  get isShown(): boolean {
    return this.#task !== undefined
  }

  get title(): string {
    const status = [this.#last?.text, this.#last?.status].filter(Boolean).join(' ')
    return `${this.#id}  ${status}${this.#elapsed}`
  }

  get #elapsed(): string {
    if (this.#finishedAt === undefined || this.#startedAt === undefined) return ''
    // What was so already took no time.
    if (this.#finishedAt === this.#startedAt) return ''
    return `  \x1b[34m${((this.#finishedAt - this.#startedAt) / 1000).toFixed(1)}s\x1b[0m`
  }

  expect(steps: number): void {
    this.#steps += steps
  }

  /** What the list calls: resolves when the row is settled. */
  show(task: unknown): Promise<void> {
    this.#task = task as ListrTaskWrapper<unknown, never, never>
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error))
      if (this.#finishedAt === undefined) this.#draw()
      else this.#end()
    })
  }

  note(text: string): void {
    if (this.#task !== undefined) this.#task.output = text
  }

  move(event: ProgressEvent): void {
    this.#last = event
    this.#startedAt ??= this.#now()
    if (event.state === 'error') this.finish()
    else if (event.state !== 'working') {
      this.#steps -= 1
      if (this.#steps <= 0) this.finish()
    }
    this.#draw()
  }

  /** Settles the row; does nothing when it is settled already. */
  finish(): void {
    if (this.#finishedAt !== undefined) return
    this.#finishedAt = this.#now()
    this.#end()
  }

  #end(): void {
    this.#draw()
    const failed = this.#last?.state === 'error'
    this.#settle?.(failed ? new Error(this.title) : undefined)
  }

  #draw(): void {
    if (this.#task !== undefined) this.#task.title = this.title
  }
}
