import type { Surface } from './surface.ts'

export interface FrameOptions {
  readonly surface: Surface
  /** The lines of the frame at this moment; `tick` counts frames. */
  readonly frame: (tick: number) => readonly string[]
}

/** A renderer for listr2 whose lists are frames: drawn every 100 ms as long as the list runs, and once more at its end. */
export class FrameRenderer {
  static readonly nonTTY = true
  static rendererOptions: FrameOptions
  static rendererTaskOptions: never
  readonly #options: FrameOptions
  #tick = 0
  #timer: NodeJS.Timeout | undefined

  constructor(_tasks: unknown, options: FrameOptions) {
    this.#options = options
  }

  render(): void {
    this.#draw()
    this.#timer = setInterval(() => this.#draw(), frameMs)
  }

  end(): void {
    clearInterval(this.#timer)
    this.#draw()
    this.#options.surface.keep()
  }

  #draw(): void {
    const { surface, frame } = this.#options
    surface.draw(frame(this.#tick))
    this.#tick += 1
  }
}

const frameMs = 100
