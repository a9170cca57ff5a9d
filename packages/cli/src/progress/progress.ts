import type { ComposeEvent } from '@container-compose/orchestrator'
import type { Screen } from '../screen.ts'
import { JsonProgress } from './json.ts'
import { PlainProgress } from './plain.ts'
import { QuietProgress } from './quiet.ts'

/** Shows what an action says. One is made for each action, and ended before anything else is written. */
export interface Progress {
  emit(event: ComposeEvent): void
  /** Resolves when all is on the screen. */
  end(): Promise<void>
}

export interface ProgressOptions {
  readonly screen: Screen
  readonly write: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** What is done: `Running`, `Stopping`. */
  readonly title: string
  /** Of the terminal that is written to; asked for again and again. */
  readonly terminalSize: () => { readonly columns: number; readonly lines: number }
}

/** The renderer that the screen asks for; the one for terminals is loaded only when it is. */
export const openProgress = async (options: ProgressOptions): Promise<Progress> => {
  switch (options.screen.progress) {
    case 'plain':
      return new PlainProgress(options)
    case 'json':
      return new JsonProgress(options)
    case 'quiet':
      return new QuietProgress(options)
    case 'tty': {
      const { TerminalProgress } = await import('./terminal/terminal-progress.ts')
      return new TerminalProgress(options)
    }
  }
}
