import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { ExitStatus, RunningContainer } from '../runtime/runtime.ts'
import { writeDocument } from '../store/document.ts'
import { containerFormat } from './container-format.ts'
import type { ContainerDocument, ContainerState } from './model.ts'

interface ContainerSignals {
  /** A run ended and the state says how. */
  exit: [ExitStatus]
  /** A run began. */
  start: []
  /** A start failed. */
  idle: []
  /** Nothing of it is left. */
  removed: []
}

/** A container in the memory of the engine: its document, and the handle of its run. */
export class Container extends EventEmitter<ContainerSignals> {
  readonly dir: string
  readonly runDir: string
  /** Ids of the processes that `exec` is about to start in it, or that run. */
  readonly execIds = new Set<string>()
  /** The run, while there is one. */
  running: RunningContainer | undefined
  /** Aborted to end what accompanies a run: its health check. */
  accompaniment: AbortController | undefined
  /** Aborted when a planned restart shall not happen. */
  pendingRestart: AbortController | undefined
  restartDelayMs = 0
  /** Clients that are attached, each until it has been sent everything. */
  readonly attached = new Set<Promise<void>>()
  #document: ContainerDocument
  #last: Promise<unknown> = Promise.resolve()

  constructor(document: ContainerDocument, folders: { readonly data: string; readonly run: string }) {
    super()
    this.setMaxListeners(0)
    this.#document = document
    this.dir = containerFolder(folders.data, document.id)
    this.runDir = join(folders.run, 'c', document.id.slice(0, 12))
  }

  get document(): ContainerDocument {
    return this.#document
  }

  get id(): string {
    return this.#document.id
  }

  get name(): string {
    return this.#document.name
  }

  get state(): ContainerState {
    return this.#document.state
  }

  /** Its process exists: running or paused. */
  get isUp(): boolean {
    return this.state.status === 'running' || this.state.status === 'paused'
  }

  /** Changes the document, on disk first. */
  update(
    change: Partial<ContainerDocument>,
    options: { readonly durable: boolean } = { durable: false },
  ): void {
    const next = { ...this.#document, ...change }
    writeDocument(documentPath(this.dir), containerFormat, next, options)
    this.#document = next
  }

  setState(change: Partial<ContainerState>): void {
    this.update({ state: { ...this.state, ...change } })
  }

  /** Changes the state in memory alone: for what a crash may lose. */
  setStateInMemory(change: Partial<ContainerState>): void {
    this.#document = { ...this.#document, state: { ...this.state, ...change } }
  }

  /** Runs changes of one container one after the other. A task must not call it again. */
  exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task, task)
    this.#last = result.catch(() => undefined)
    return result
  }
}

export const containerFolder = (data: string, id: string): string => join(data, 'containers', id)

export const documentPath = (folder: string): string => join(folder, 'container.json')
