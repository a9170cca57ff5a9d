/** Everything that the orchestrator says while it works; what the screen makes of it is the listener's business. */
export type ComposeEvent =
  | ProgressEvent
  /** A plan begins: the rows that it will move, and how many steps each will report as done. */
  | { readonly type: 'begin'; readonly rows: readonly { readonly id: string; readonly steps: number }[] }
  /** The plan has ended: what has not reported will not. */
  | { readonly type: 'end' }
  /** Something the user should know that stops nothing. */
  | { readonly type: 'warning'; readonly message: string }
  /** What watching files does. */
  | { readonly type: 'watch'; readonly message: string }
  | {
      readonly type: 'log'
      readonly container: string
      readonly stream: 'stdout' | 'stderr'
      /** One line without its end. */
      readonly line: string
    }
  /** One line that a step of a build printed. */
  | {
      readonly type: 'build-output'
      /** The row of the image. */
      readonly image: string
      /** The row of the step, below it. */
      readonly step: string
      readonly line: string
    }
  | {
      readonly type: 'exit'
      readonly container: string
      readonly code: number
      readonly restarting: boolean
    }

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
