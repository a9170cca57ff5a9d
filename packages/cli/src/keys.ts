import type { World } from './command.ts'

/** What a cooked terminal makes of these keys, a raw one leaves to its reader. */
const signals: Readonly<Record<string, NodeJS.Signals>> = {
  '\x03': 'SIGINT',
  '\x1c': 'SIGQUIT',
  '\x1a': 'SIGTSTP',
}

export interface KeyHandlers {
  /** One character; keys with more than that (arrows …) are not told. */
  readonly key: (character: string) => void
  /** Before the program is suspended. */
  readonly suspend: () => void
  /** When it goes on. */
  readonly resume: () => void
}

/**
 * Reads single keys from the terminal that is stdin; returns the way back. Ctrl-C, Ctrl-\ and Ctrl-Z do what they do everywhere, to
 * all programs of the foreground.
 */
export const readKeys = (
  { stdin }: Pick<World, 'stdin'>,
  { key, suspend, resume }: KeyHandlers,
): (() => void) => {
  const goOn = (): void => {
    stdin.setRawMode(true)
    resume()
  }
  const press = (character: string): void => {
    const signal = signals[character]
    if (signal === undefined) {
      key(character)
      return
    }
    if (signal === 'SIGTSTP') {
      suspend()
      stdin.setRawMode(false)
      process.once('SIGCONT', goOn)
    }
    process.kill(0, signal)
  }
  const read = (bytes: Buffer): void => {
    const text = bytes.toString()
    if (!text.startsWith('\x1b')) for (const character of text) press(character)
  }
  stdin.setRawMode(true)
  stdin.on('data', read)
  return () => {
    process.off('SIGCONT', goOn)
    stdin.off('data', read)
    stdin.pause()
    stdin.setRawMode(false)
  }
}
