import { badParameter } from '../api/errors.ts'
import type { RuntimeName } from '../containers/model.ts'
import type { Runtime } from './runtime.ts'

/** The runtimes that this build has and this machine can run, and the one that is meant when nobody names one. */
export class Runtimes {
  readonly #runtimes: ReadonlyMap<string, Runtime>
  readonly default: Runtime
  /** Why that one, in words for a person. */
  readonly reason: string

  constructor(runtimes: readonly Runtime[], chosen: { readonly name: RuntimeName; readonly reason: string }) {
    this.#runtimes = new Map(runtimes.map((runtime) => [runtime.name, runtime]))
    this.default = this.get(chosen.name)
    this.reason = chosen.reason
  }

  /**
   * The runtime that a request means; none and `auto` are the default.
   *
   * @throws ApiError 400 in dockerd's words for a name that is unknown here.
   */
  choose(name: string): Runtime {
    if (name === '' || name === 'auto') return this.default
    const runtime = this.#runtimes.get(name)
    if (runtime === undefined) throw badParameter(`unknown or invalid runtime name: ${name}`)
    return runtime
  }

  /** The runtime that a container was created with. */
  get(name: RuntimeName): Runtime {
    const runtime = this.#runtimes.get(name)
    if (runtime === undefined) throw new Error(`this build has no runtime "${name}"`)
    return runtime
  }

  /** Ends what runtimes keep ready; containers run on. */
  async close(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.close()))
  }

  names(): string[] {
    return [...this.#runtimes.keys()]
  }
}
