import type { ComposeEvent } from '@container-compose/orchestrator'
import type { Progress, ProgressOptions } from './progress.ts'
import { renderWarning } from './warning.ts'

/** One JSON object for each event, its keys in the reference's order, empty ones left out. */
export class JsonProgress implements Progress {
  readonly #options: ProgressOptions

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  emit(event: ComposeEvent): void {
    const { write } = this.#options
    if (event.type === 'warning') write(renderWarning(event.message, this.#options))
    if (event.type !== 'progress') return
    const { id, parent, text, status, current, total, percent } = event
    write(
      `${JSON.stringify({
        id,
        parent_id: parent,
        text: text || undefined,
        status: status || undefined,
        current: current || undefined,
        total: total || undefined,
        percent: percent || undefined,
      })}\n`,
    )
  }

  async end(): Promise<void> {}
}
