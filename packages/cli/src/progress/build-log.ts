import type { ComposeEvent } from '@container-compose/orchestrator'
import type { Screen } from '../screen.ts'

export interface BuildLogOptions {
  readonly screen: Pick<Screen, 'progress'>
  readonly stdout: (text: string) => void
  /** `--quiet`, `--quiet-build`: nothing unless a build fails. */
  readonly quiet: boolean
}

/** What the steps of builds print: on stdout as they print it; on a terminal, or when quiet, only that of a step that fails. */
export class BuildLog {
  readonly #options: BuildLogOptions
  readonly #lines = new Map<string, string[]>()
  #failed: string | undefined

  constructor(options: BuildLogOptions) {
    this.#options = options
  }

  /** Takes an event in. False: nobody else shall show it. */
  hear(event: ComposeEvent): boolean {
    const { quiet } = this.#options
    if (event.type === 'build-output') {
      this.#keep(event.step, event.line)
      if (this.#isShown) this.#write(event)
      return !quiet
    }
    if (event.type !== 'progress' || event.parent === undefined) return true
    if (event.state === 'error') this.#failed = event.id
    return !(quiet && stepName.test(event.id))
  }

  /** The last lines of the step that failed, where they have not been shown; empty when none did. */
  get unseen(): string {
    if (this.#failed === undefined || this.#isShown) return ''
    return (this.#lines.get(this.#failed) ?? []).map((line) => `${line}\n`).join('')
  }

  get #isShown(): boolean {
    const { screen, quiet } = this.#options
    return !quiet && (screen.progress === 'plain' || screen.progress === 'json')
  }

  #keep(step: string, line: string): void {
    const lines = this.#lines.get(step) ?? []
    lines.push(line)
    if (lines.length > mostLines) lines.shift()
    this.#lines.set(step, lines)
  }

  #write({
    step,
    image,
    line,
  }: {
    readonly step: string
    readonly image: string
    readonly line: string
  }): void {
    const { screen, stdout } = this.#options
    stdout(
      screen.progress === 'json'
        ? `${JSON.stringify({ id: step, parent_id: image, output: line })}\n`
        : `${step} | ${line}\n`,
    )
  }
}

const mostLines = 50

/** The row of a step: `web 2/5`. */
const stepName = / \d+\/\d+$/
