import { type Duplex, PassThrough } from 'node:stream'
import { readFrames } from '../client/frames.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import type { Plan } from '../plan/operation.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import type { ExecStreams } from './exec.ts'
import { announce, approved, type UpOptions } from './up.ts'

export interface RunOptions extends UpOptions {
  /** The name of the container, which the desired state has as a one-off. */
  readonly name: string
}

/** Creates the container of `run`, with all that it needs, which is started and waited for, and gives its id; it does not run yet. */
export const createForRun = async (
  context: ActionContext,
  desired: DesiredState,
  options: RunOptions,
): Promise<string> => {
  const { reconciliation } = await approved(context, desired, options)
  announce(context, reconciliation)
  await executeOrThrow(context, withoutStart(reconciliation.plan, options.name))
  return (await context.client.containers.inspect(options.name)).Id
}

const withoutStart = (plan: Plan, name: string): Plan =>
  plan.filter(({ operation }) => operation.kind !== 'container.start' || operation.name !== name)

export interface AttachOptions {
  readonly tty: boolean
  readonly stdin: boolean
  readonly autoRemove: boolean
  /** Signals that the container gets. */
  readonly onSignals: (send: (signal: string) => void) => () => void
}

/** Starts a container that does not run yet, carries its streams, and gives its exit code; 0 when its user has detached from it. */
export const startAttached = async (
  { client }: Pick<ActionContext, 'client'>,
  id: string,
  streams: ExecStreams,
  { tty, stdin, autoRemove, onSignals }: AttachOptions,
): Promise<number> => {
  const stream = await client.containers.attach(id, { stdin })
  const given = new AbortController()
  const ended = client.containers.wait(id, autoRemove ? 'removed' : 'next-exit', given.signal)
  ended.catch(() => {})
  let disconnect = (): void => {}
  const stopSignals = onSignals((signal) => void client.containers.kill(id, signal).catch(() => {}))
  try {
    await client.containers.start(id)
    const keys = new DetachKeys(stream)
    disconnect = streams.connect(keys.input, (rows, columns) =>
      client.containers.resize(id, { rows, columns }),
    )
    for await (const frame of readFrames(stream, { tty })) streams.write(frame.stream, frame.bytes)
    return tty && keys.wereLast ? 0 : await ended
  } finally {
    stopSignals()
    disconnect()
    stream.destroy()
    given.abort()
  }
}

/** Ctrl-P and Ctrl-Q, at which the engine lets go of a terminal: nothing else tells that from the end of a program's output. */
class DetachKeys {
  /** What is typed, on its way to the container. */
  readonly input = new PassThrough()
  #last = ''

  constructor(container: Duplex) {
    this.input.on('data', (typed: Buffer) => {
      this.#last = (this.#last + typed.toString('latin1')).slice(-2)
    })
    this.input.pipe(container)
  }

  get wereLast(): boolean {
    return this.#last === '\x10\x11'
  }
}
