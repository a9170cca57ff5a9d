import type { Builder } from '../builder/builder.ts'
import type { ContainerContext } from '../containers/context.ts'
import type { EngineRoot } from '../daemon/root.ts'
import type { Execs } from '../exec/exec.ts'

/** What the routes of the API answer with. */
export interface EngineContext extends ContainerContext {
  readonly execs: Execs
  readonly builder: Builder
  readonly root: EngineRoot
  readonly build: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Lets go of everything and ends the engine; resolves when the answer may be sent. */
  readonly stop: (options: { readonly containers: boolean }) => Promise<void>
}
