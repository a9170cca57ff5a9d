import { eventually } from './eventually.ts'
import { bundle, type Host } from './host.ts'

export interface TerminalOptions {
  readonly cwd: string
  readonly columns?: number
  readonly lines?: number
  readonly env?: Readonly<Record<string, string>>
}

/** `container-compose` in a real terminal: `script` of util-linux holds the other side of it. */
export class Terminal {
  /** All that was written to the screen, with its control sequences. */
  written = ''
  readonly #process: ReturnType<Host['spawn']>
  #name = ''
  readonly #host: Host

  private constructor(host: Host, process: ReturnType<Host['spawn']>) {
    this.#host = host
    this.#process = process
    process.stdout?.on('data', (bytes: Buffer) => {
      // Two terminals in a row, ours and that of a program in a machine, each add a return to the end of a line.
      this.written = (this.written + bytes.toString()).replaceAll('\r\r\n', '\r\n')
    })
  }

  static async open(
    host: Host,
    args: readonly string[],
    { cwd, columns = 80, lines = 24, env = {} }: TerminalOptions,
  ): Promise<Terminal> {
    const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
    const command = [process.execPath, bundle, ...args].map(quoted).join(' ')
    const inner = `tty; stty cols ${columns} rows ${lines}; exec ${command}`
    const child = host.spawn('script', ['--quiet', '--return', '--command', inner, '/dev/null'], {
      cwd,
      env: { TERM: 'xterm', ...env },
      openInput: true,
    })
    const terminal = new Terminal(host, child)
    await terminal.shows(/^(\/dev\/pts\/\d+)\r\n/)
    terminal.#name = terminal.written.split('\r\n', 1)[0] ?? ''
    terminal.written = ''
    return terminal
  }

  type(text: string): void {
    this.#process.stdin?.write(text)
  }

  async resize(columns: number, lines: number): Promise<void> {
    await this.#host.run('stty', ['-F', this.#name, 'cols', String(columns), 'rows', String(lines)])
  }

  /** Resolves when the text, or a match, has been written. */
  async shows(what: string | RegExp, timeoutMs = 20_000): Promise<void> {
    const found = () => (typeof what === 'string' ? this.written.includes(what) : what.test(this.written))
    try {
      await eventually(found, `${what} on the terminal`, timeoutMs)
    } catch (error) {
      throw new Error(`the terminal shows\n${this.written}`, { cause: error })
    }
  }

  /** The lines as a person reads them: without colours, and what was written over is gone. */
  get text(): string {
    return this.written
      .split('\r\n')
      .map((line) => (line.split('\r').at(-1) ?? '').replace(/\x1b\[[0-9;?]*[A-Za-z]/g, ''))
      .join('\n')
  }

  /** Resolves with the exit status of the command. */
  async exited(): Promise<number> {
    const { exitCode } = await this.#process
    return exitCode ?? 128
  }
}
