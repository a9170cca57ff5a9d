import type { ComposeEvent } from '@container-compose/orchestrator'
import type { Progress, ProgressOptions } from './progress.ts'
import { renderWarning } from './warning.ts'

/** Nothing but warnings. */
export class QuietProgress implements Progress {
  readonly #options: ProgressOptions

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  emit(event: ComposeEvent): void {
    if (event.type === 'warning') this.#options.write(renderWarning(event.message, this.#options))
  }

  async end(): Promise<void> {}
}
