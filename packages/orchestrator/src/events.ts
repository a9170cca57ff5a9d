/** Everything that the orchestrator says while it works; what the screen makes of it is the listener's business. */
export type ComposeEvent =
  | ProgressEvent
  /** Something the user should know that stops nothing. */
  | { readonly type: 'warning'; readonly message: string }
  /** A container whose output is shown from now on. */
  | { readonly type: 'attach'; readonly container: string; readonly name: string }
  | {
      readonly type: 'log'
      readonly container: string
      readonly stream: 'stdout' | 'stderr'
      /** One line without its end. */
      readonly line: string
    }
  | {
      readonly type: 'exit'
      readonly container: string
      readonly code: number
      readonly restarting: boolean
    }
  | { readonly type: 'recreated'; readonly container: string }

/** One row of progress changed. */
export interface ProgressEvent {
  readonly type: 'progress'
  /** The row: `Container demo-db-1`, a service's name, an image layer. */
  readonly id: string
  /** The row that it is part of. */
  readonly parent?: string
  /** What is done, for rows whose state says nothing about it: `Pulling`. */
  readonly text?: string
  /** `Creating`, `Started`, or the text of an error. */
  readonly status?: string
  readonly state: 'working' | 'done' | 'warning' | 'error'
  /** Bytes. */
  readonly current?: number
  readonly total?: number
  readonly percent?: number
}

export type Emit = (event: ComposeEvent) => void
