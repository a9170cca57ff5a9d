import type { Clock } from '@container-compose/core'
import { type MachineShape, shapeName } from '../shape.ts'
import type { Template, Templates } from '../template/templates.ts'
import { dropSpare, makeSpare, removeAbandoned, type Spare } from './make-spare.ts'
import { availableMemoryMib } from './memory.ts'
import { RecentShapes } from './recent-shapes.ts'

/** `auto`: where machines are emulated and the host has memory to spare. */
export type SpareMode = 'auto' | 'on' | 'off'

export interface SparesOptions {
  readonly mode: SpareMode
  readonly templates: Templates
  /** Where their folders are made. */
  readonly runDir: string
  readonly clock: Clock
  /** Told of what kept a spare from being made or used: containers start without it. */
  readonly onFault: (error: unknown) => void
}

/** A spare takes the processors for a second: it is not made while somebody waits for a start, or is about to. */
const quietMs = 400
/** A spare costs 45 MiB. Below the second figure even that is needed elsewhere. */
const enoughMib = 2048
const tooLittleMib = 1024
const lookMs = 10_000

/** Keeps one machine ready, of the shape that is started most, so that a start need not wait for one. */
export class Spares {
  readonly onFault: (error: unknown) => void
  readonly #options: SparesOptions
  readonly #recent = new RecentShapes()
  #starts = 0
  #timer: NodeJS.Timeout | undefined
  #making: Promise<void> | undefined
  #spare: Spare | undefined
  #isClosed = false

  constructor(options: SparesOptions) {
    this.#options = options
    this.onFault = options.onFault
  }

  /** One waits. */
  get isReady(): boolean {
    return this.#spare !== undefined
  }

  /** The spare, when it is of that shape: the caller's from now on. */
  take(shape: MachineShape): Spare | undefined {
    const spare = this.#spare
    if (spare === undefined || shapeName(spare.template.shape) !== shapeName(shape)) return undefined
    this.#spare = undefined
    return spare
  }

  /** Somebody may start a machine soon. */
  expect(): void {
    this.#schedule()
  }

  /** Runs a start of that shape; another spare is made when it is over and nothing else starts. */
  async during<T>(shape: MachineShape, start: () => Promise<T>): Promise<T> {
    // A private copy of all memory would be too much to hold ready.
    if (shape.memory === 'cow') this.#recent.add(shape)
    this.#starts += 1
    clearTimeout(this.#timer)
    try {
      return await start()
    } finally {
      this.#starts -= 1
      this.#schedule()
    }
  }

  /** Ends the spare; none is made any more. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#making
    await this.#drop()
    await removeAbandoned(this.#options.runDir)
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#options.mode === 'off' || this.#isClosed || this.#starts > 0) return
    this.#timer = setTimeout(() => this.#makeOne(), quietMs).unref()
  }

  #makeOne(): void {
    this.#making ??= this.#make()
      .catch((error: unknown) => this.onFault(error))
      .finally(() => {
        this.#making = undefined
      })
  }

  async #make(): Promise<void> {
    const { templates, runDir, clock } = this.#options
    await removeAbandoned(runDir)
    const template = await templates.get(this.#recent.usual())
    if (!(await this.#isWorthIt(template))) return
    if (this.#spare !== undefined) {
      if (shapeName(this.#spare.template.shape) === shapeName(template.shape)) return
      await this.#drop()
    }
    const spare = await makeSpare(template, runDir, clock)
    if (this.#isClosed) return dropSpare(spare)
    this.#spare = spare
    void spare.process.ended.then(() => this.#forget(spare))
    this.#look()
  }

  async #isWorthIt({ acceleration }: Template): Promise<boolean> {
    if (this.#isClosed || this.#starts > 0) return false
    if (this.#options.mode === 'on') return true
    return acceleration === 'tcg' && (await availableMemoryMib()) >= enoughMib
  }

  /** Gives the memory back when the host runs short of it. */
  #look(): void {
    const spare = this.#spare
    if (this.#options.mode === 'on') return
    const timer = setInterval(async () => {
      if (this.#spare !== spare) return clearInterval(timer)
      if ((await availableMemoryMib()) < tooLittleMib) await this.#drop()
    }, lookMs).unref()
  }

  /** It has ended by itself. */
  async #forget(spare: Spare): Promise<void> {
    if (this.#spare !== spare) return
    this.#spare = undefined
    await dropSpare(spare)
  }

  async #drop(): Promise<void> {
    const spare = this.#spare
    this.#spare = undefined
    if (spare !== undefined) await dropSpare(spare)
  }
}
