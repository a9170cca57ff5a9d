import { bar, size } from '../size.ts'
import type { Row, RowState } from './row.ts'

/** What a frame is drawn for. */
export interface Canvas {
  readonly columns: number
  readonly lines: number
  readonly colours: boolean
  /** Counts up with each frame: turns the spinners. */
  readonly tick: number
}

/**
 * The lines of a frame: how much is done, then a line for each row with its mark, name, status and time. While rows are open
 * the frame fits the screen; when all are settled it shows what happened, and nothing of rows that never began.
 */
export const renderFrame = (title: string, rows: readonly Row[], canvas: Canvas): string[] => {
  const isLast = rows.every(({ isSettled }) => isSettled)
  const told = isLast ? rows.filter(({ state }) => state !== 'planned') : rows
  const shown = isLast ? told : fit(told, canvas.lines - 2)
  const done = rows.filter(({ state }) => state === 'done').length
  const paint = painter(canvas)
  const head = `[+] ${title} ${done}/${told.length}`
  const layers = isLast ? [] : layerLines(shown, canvas)
  const names = Math.min(Math.max(0, ...shown.map(({ id }) => id.length)), Math.max(8, canvas.columns - 16))
  return [
    paint(done === told.length ? 34 : undefined, head),
    ...shown.flatMap((row) => [
      renderRow(row, names, canvas),
      ...(layers.length + shown.length <= canvas.lines - 2
        ? layers.filter(({ parent }) => parent === row).map(({ line }) => line)
        : []),
    ]),
  ]
}

/** Wider lines would put the times too far from what they belong to. */
const widest = 100

const renderRow = (row: Row, names: number, canvas: Canvas): string => {
  const paint = painter(canvas)
  const { state, elapsedMs } = row
  const time = elapsedMs === undefined ? '' : `${(elapsedMs / 1000).toFixed(1)}s`
  const room = Math.max(0, Math.min(canvas.columns, widest) - names - time.length - 7)
  const status = cut(printable(statusOf(row)), room)
  const { mark, colour } = marks[state]
  return [
    ` ${paint(colour, mark(canvas.tick))} `,
    `${paint(state === 'planned' ? 2 : undefined, cut(row.id, names).padEnd(names))}  `,
    paint(statusColours[state], status),
    ' '.repeat(room - status.length + 1),
    `${paint(34, time)} `,
  ].join('')
}

const statusOf = ({ status, layers, isSettled }: Row): string => {
  if (isSettled || layers.size === 0) return status
  const all = [...layers.values()]
  const glyphs = all.map(({ percent = 0 }) => levels[Math.floor((percent * (levels.length - 1)) / 100)])
  const sum = (of: 'current' | 'total') => all.reduce((bytes, layer) => bytes + (layer[of] ?? 0), 0)
  const bytes = sum('total') === 0 ? '' : ` ${size(sum('current'))} / ${size(sum('total'))}`
  return `${status} [${glyphs.join('')}]${bytes}`
}

const layerLines = (rows: readonly Row[], { columns, tick }: Canvas) =>
  rows.flatMap((parent) =>
    parent.isSettled
      ? []
      : [...parent.layers.values()].map((layer) => {
          const { id, text = '', status, current, total, percent, state } = layer
          const moves = current !== undefined && percent !== 100
          const detail = moves ? ` ${bar(current, total, 20)}` : status ? `  ${status}` : ''
          const line = `   ${marks[state].mark(tick)} ${id}  ${text}${detail}`
          return { parent, line: cut(printable(line), columns) }
        }),
  )

/** At most `room` rows, in their order: those that move or failed before those that wait, and those before what is done. */
const fit = (rows: readonly Row[], room: number): readonly Row[] => {
  const urgency: Record<RowState, number> = { working: 0, error: 0, warning: 1, planned: 2, done: 3 }
  const kept = new Set(
    [...rows].sort((a, b) => urgency[a.state] - urgency[b.state]).slice(0, Math.max(1, room)),
  )
  return rows.filter((row) => kept.has(row))
}

/** What a step of a build prints, or a registry says, may be anything; here it is one line. */
const printable = (text: string): string => text.replace(/[\x00-\x1f\x7f]+/g, ' ')

const cut = (text: string, room: number): string => {
  if (text.length <= room) return text
  return room <= 3 ? text.slice(0, room) : `${text.slice(0, room - 3)}...`
}

const spinner = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏']
const levels = [...'⠀⡀⣀⣄⣤⣦⣶⣷⣿']

const marks: Record<RowState, { readonly mark: (tick: number) => string; readonly colour: number | string }> =
  {
    planned: { mark: () => '·', colour: 2 },
    working: { mark: (tick) => spinner[tick % spinner.length] as string, colour: 33 },
    done: { mark: () => '✔', colour: 32 },
    warning: { mark: () => '!', colour: '33;1' },
    error: { mark: () => '✘', colour: '31;1' },
  }

const statusColours: Record<RowState, number | string | undefined> = {
  planned: 2,
  working: undefined,
  done: 32,
  warning: '33;1',
  error: '31;1',
}

const painter =
  ({ colours }: Canvas) =>
  (colour: number | string | undefined, text: string): string =>
    colours && colour !== undefined && text !== '' ? `\x1b[${colour}m${text}\x1b[0m` : text
