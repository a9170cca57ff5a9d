import type { World } from './command.ts'
import type { GlobalOptions } from './globals.ts'

/** How to write, decided once from flags, terminals and environment. */
export interface Screen {
  readonly progress: 'tty' | 'plain' | 'json' | 'quiet'
  /** Whether results on stdout carry colours. */
  readonly colours: boolean
  /** Whether errors on stderr carry colours. */
  readonly errorColours: boolean
  /** Columns of the terminal, undefined when stdout is none. */
  readonly columns: number | undefined
  readonly startedAt: number
}

export const resolveScreen = (
  globals: Pick<GlobalOptions, 'ansi' | 'progress'>,
  { env, stdout, stderr, clock }: Pick<World, 'env' | 'stdout' | 'stderr' | 'clock'>,
): Screen => {
  const coloursWanted = !env['NO_COLOR'] && globals.ansi !== 'never'
  const forced = globals.ansi === 'always'
  return {
    progress: progressMode(globals, stderr.isTTY === true),
    colours: coloursWanted && (forced || stdout.isTTY === true),
    errorColours: coloursWanted && (forced || stderr.isTTY === true),
    columns: stdout.isTTY ? stdout.columns : undefined,
    startedAt: clock.now(),
  }
}

const progressMode = (
  { ansi, progress }: Pick<GlobalOptions, 'ansi' | 'progress'>,
  isTerminal: boolean,
): Screen['progress'] => {
  if (progress === 'tty' || progress === 'plain' || progress === 'json' || progress === 'quiet')
    return progress
  if (ansi === 'never') return 'plain'
  return isTerminal || ansi === 'always' ? 'tty' : 'plain'
}

/** What Docker Compose ends with on stderr where the exit status is all that there is to say, as after an interrupt. */
export const wordlessError = (progress: Screen['progress'] | undefined): string =>
  progress === 'json' ? '{"error":true}\n' : '\n'
