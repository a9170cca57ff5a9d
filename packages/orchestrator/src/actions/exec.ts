import type { Duplex } from 'node:stream'
import { UserError } from '@container-compose/core'
import type { ContainerSummary, ExecCreateBody, Filters } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { readFrames } from '../client/frames.ts'
import { label } from '../labels.ts'
import { observedContainer } from '../observed/observed-state.ts'

export interface ExecOptions {
  readonly command: readonly string[]
  readonly tty: boolean
  readonly environment: readonly string[]
  readonly user?: string | undefined
  readonly workingDirectory?: string | undefined
  readonly privileged: boolean
  /** Number of the container; undefined: the lowest that runs. */
  readonly index?: number | undefined
}

/** The terminal, or what stands for it. */
export interface ExecStreams {
  /** Of the terminal, rows first; undefined when there is none. */
  readonly size: readonly [number, number] | undefined
  /** Starts to feed the stream; gives the way to let go of the terminal again. */
  connect(stream: Duplex, resize: (rows: number, columns: number) => Promise<void>): () => void
  write(stream: 'stdout' | 'stderr', bytes: Buffer): void
}

/**
 * Runs a command in a service's running container and gives its exit code.
 *
 * @throws UserError `NOT_RUNNING`
 */
export const exec = async (
  client: EngineClient,
  target: { readonly project: string; readonly service: string },
  options: ExecOptions,
  streams: ExecStreams,
): Promise<number> => {
  const container = await runningContainer(client, target, options.index)
  const id = await client.exec.create(container.Id, {
    ...bodyOf(options, { attach: true }),
    ...(options.tty && streams.size !== undefined ? { ConsoleSize: streams.size } : {}),
  })
  const stream = await client.exec.start(id, { tty: options.tty })
  const disconnect = streams.connect(stream, (rows, columns) => client.exec.resize(id, { rows, columns }))
  try {
    for await (const frame of readFrames(stream, options)) streams.write(frame.stream, frame.bytes)
  } finally {
    disconnect()
    stream.destroy()
  }
  return (await client.exec.inspect(id)).ExitCode ?? 0
}

export const execDetached = async (
  client: EngineClient,
  target: { readonly project: string; readonly service: string },
  options: ExecOptions,
): Promise<void> => {
  const container = await runningContainer(client, target, options.index)
  const id = await client.exec.create(container.Id, bodyOf(options, { attach: false }))
  await client.exec.startDetached(id)
}

const bodyOf = (options: ExecOptions, { attach }: { readonly attach: boolean }): ExecCreateBody => ({
  Cmd: options.command,
  AttachStdin: attach,
  AttachStdout: attach,
  AttachStderr: attach,
  Tty: options.tty,
  Env: options.environment,
  Privileged: options.privileged,
  ...(options.user ? { User: options.user } : {}),
  ...(options.workingDirectory ? { WorkingDir: options.workingDirectory } : {}),
})

/** The service's running container with the number, or with the lowest one; one-offs come last. */
export const runningContainer = async (
  client: EngineClient,
  { project, service }: { readonly project: string; readonly service: string },
  index?: number,
): Promise<ContainerSummary> => {
  const filters: Filters = {
    label: [`${label.project}=${project}`, `${label.service}=${service}`, label.configHash],
  }
  const found = await client.containers.list({ filters })
  const rank = (summary: ContainerSummary): number => {
    const { number, oneOff } = observedContainer(summary)
    return oneOff ? Number.MAX_SAFE_INTEGER : number
  }
  const [first] = found
    .filter((summary) => index === undefined || index === 0 || rank(summary) === index)
    .sort((a, b) => rank(a) - rank(b))
  if (first !== undefined) return first
  throw new UserError(
    'NOT_RUNNING',
    index ? `service "${service}" is not running container #${index}` : `service "${service}" is not running`,
    { hint: `container-compose up -d ${service}` },
  )
}
