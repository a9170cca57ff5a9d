import type { ComposeEvent, ProgressEvent } from '@container-compose/orchestrator'
import type { Progress, ProgressOptions } from './progress.ts'
import { bar } from './size.ts'
import { renderWarning } from './warning.ts'

/** One line for each event, in the order in which they come. */
export class PlainProgress implements Progress {
  readonly #options: ProgressOptions

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  emit(event: ComposeEvent): void {
    const { write } = this.#options
    if (event.type === 'warning') write(renderWarning(event.message, this.#options))
    if (event.type === 'progress') write(`${renderLine(event)}\n`)
  }

  async end(): Promise<void> {}
}

/** ` id text status`; an empty text leaves its space, as in ` Container demo-db-1  Creating`. */
export const renderLine = ({ id, text = '', status = '', current, total, percent }: ProgressEvent): string =>
  ` ${id} ${text} ${current !== undefined && percent !== 100 ? bar(current, total) : status}`
