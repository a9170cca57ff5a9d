import type { ComposeEvent, ProgressEvent } from '@container-compose/orchestrator'
import { Listr } from 'listr2'
import type { Progress, ProgressOptions } from '../progress.ts'
import { renderWarning } from '../warning.ts'
import { renderFrame } from './frame.ts'
import { FrameRenderer } from './frame-renderer.ts'
import { Row } from './row.ts'
import { Surface } from './surface.ts'

/**
 * Rows that are known from the plan and settled by events. Each plan is one list; what happens to no plan (containers that
 * run already) is shown with the next one.
 */
export class TerminalProgress implements Progress {
  readonly #options: ProgressOptions
  readonly #surface: Surface
  #rows = new Map<string, Row>()
  #lists: Promise<unknown> = Promise.resolve()
  #running = false

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#surface = new Surface(options.write)
  }

  emit(event: ComposeEvent): void {
    if (event.type === 'begin') this.#begin(event.rows)
    else if (event.type === 'end') this.#finish()
    else if (event.type === 'warning') this.#surface.print(renderWarning(event.message, this.#options))
    else if (event.type === 'progress') this.#move(event)
    else if (event.type === 'build-output') this.#rows.get(event.image)?.moveStep(event.step, event.line)
  }

  async end(): Promise<void> {
    if (!this.#running) this.#begin([])
    this.#finish()
    await this.#lists
  }

  #begin(planned: readonly { readonly id: string; readonly steps: number }[]): void {
    const { title, now, screen, terminalSize } = this.#options
    for (const { id, steps } of planned) this.#rows.set(id, new Row(id, steps, now))
    const rows = this.#rows
    if (rows.size === 0) return
    this.#running = true
    const frame = (tick: number): string[] =>
      renderFrame(title, [...rows.values()], {
        ...terminalSize(),
        colours: screen.errorColours,
        tick,
      })
    const list = new Listr(
      [...rows.values()].map((row) => ({ title: row.id, task: () => row.settled })),
      {
        concurrent: true,
        renderer: FrameRenderer,
        rendererOptions: { surface: this.#surface, frame },
        registerSignalListeners: false,
      },
    )
    // Lists follow each other: two at once would overwrite each other's lines.
    this.#lists = this.#lists.then(() => list.run())
  }

  #finish(): void {
    if (!this.#running) return
    for (const row of this.#rows.values()) row.settle()
    this.#rows = new Map()
    this.#running = false
  }

  #move(event: ProgressEvent): void {
    const parent = event.parent === undefined ? undefined : this.#rows.get(event.parent)
    if (parent !== undefined) {
      parent.moveLayer(event)
      return
    }
    const row = this.#rows.get(event.id) ?? new Row(event.id, 0, this.#options.now)
    this.#rows.set(event.id, row)
    row.move(event)
  }
}
