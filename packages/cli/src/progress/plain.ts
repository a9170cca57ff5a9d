import type { ComposeEvent, ProgressEvent } from '@container-compose/orchestrator'
import type { Progress, ProgressOptions } from './progress.ts'
import { renderWarning } from './warning.ts'

/** One line for each event, in the order in which they come. */
export class PlainProgress implements Progress {
  readonly #options: ProgressOptions

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  emit(event: ComposeEvent): void {
    const { write, dryRun } = this.#options
    if (event.type === 'warning') write(renderWarning(event.message, this.#options))
    if (event.type === 'progress') write(`${dryRun ? ' DRY-RUN MODE - ' : ''}${renderLine(event)}\n`)
  }

  async end(): Promise<void> {}
}

/** ` id text status`; an empty text leaves its space, as in ` Container demo-db-1  Creating`. */
export const renderLine = ({ id, text = '', status = '', current, total, percent }: ProgressEvent): string =>
  ` ${id} ${text} ${current !== undefined && percent !== 100 ? bar(current, total) : status}`

const bar = (current: number, total: number | undefined): string => {
  if (!total) return size(current)
  const filled = Math.min(barWidth, Math.floor((current / total) * barWidth))
  const arrow = filled > 0 && filled < barWidth ? `${'='.repeat(filled - 1)}>` : '='.repeat(filled)
  return `[${arrow.padEnd(barWidth)}]  ${size(current)}/${size(total)}`
}

const barWidth = 50

/** Decimal units with four digits (or fewer), as Docker's tools write sizes: `19.97kB`. */
export const size = (bytes: number, digits = 4): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`
}
