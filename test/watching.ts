import { eventually } from './eventually.ts'
import { bundle, type Host } from './host.ts'

const underWay = new Set<ReturnType<Host['spawn']>>()

/** For `afterEach`: a test that fails leaves no command behind. */
export const endWatching = (): void => {
  for (const child of underWay) child.kill('SIGKILL')
  underWay.clear()
}

/** A command that goes on until it is interrupted: `watch`, or `up` in the foreground. */
export class Watching {
  readonly #child: ReturnType<Host['spawn']>
  #said = ''
  #errors = ''

  constructor(host: Host, dir: string, ...args: string[]) {
    this.#child = host.spawn(process.execPath, [bundle, ...args], { cwd: dir, timeoutMs: 170_000 })
    underWay.add(this.#child)
    this.#child.stdout?.on('data', (text: Buffer) => {
      this.#said += String(text)
    })
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#errors += String(text)
    })
  }

  /** What it has written to stdout. */
  get said(): string {
    return this.#said
  }

  /** What it has written to stderr. */
  get errors(): string {
    return this.#errors
  }

  /** Resolves when it has said so. */
  async saying(text: string): Promise<void> {
    await eventually(
      () => {
        if (this.#child.exitCode !== null) throw new Error(`ended: ${this.#said}\n${this.#errors}`)
        return this.#said.includes(text)
      },
      text,
      60_000,
    )
  }

  /** Interrupts it, as Ctrl-C does; gives its status. */
  async interrupt(): Promise<number | undefined> {
    this.#child.kill('SIGINT')
    return (await this.#child).exitCode
  }
}

/** `watch` in a folder, when it has begun. */
export const startWatch = async (host: Host, dir: string, ...args: string[]): Promise<Watching> => {
  const watching = new Watching(host, dir, 'watch', ...args)
  await watching.saying('Watch enabled')
  return watching
}
