import { randomBytes } from 'node:crypto'
import { ApiError, badParameter, conflict, notFound } from '../api/errors.ts'
import type { Shape } from '../api/shape.ts'
import type { Container } from '../containers/container.ts'
import { publish } from '../containers/container-events.ts'
import type { ContainerContext } from '../containers/context.ts'
import { ociProcess } from '../containers/spec.ts'
import { type ExecSession, type RunningContainer, StartError, type TerminalSize } from '../runtime/runtime.ts'

/** The body of `POST /containers/{id}/exec`. */
export interface ExecRequest {
  readonly command: readonly string[]
  readonly environment: readonly string[]
  readonly user: string
  readonly workingDir: string
  readonly tty: boolean
  readonly privileged: boolean
  readonly attachStdin: boolean
  readonly attachStdout: boolean
  readonly attachStderr: boolean
  readonly detachKeys: string
  readonly consoleSize: readonly [rows: number, columns: number] | undefined
}

/** @throws ApiError 400 */
export const parseExecRequest = (shape: Shape): ExecRequest => {
  const command = shape.command('Cmd') ?? []
  if (command.length === 0) throw badParameter('No exec command specified')
  return {
    command,
    environment: shape.texts('Env'),
    user: shape.text('User'),
    workingDir: shape.text('WorkingDir'),
    tty: shape.flag('Tty'),
    privileged: shape.flag('Privileged'),
    attachStdin: shape.flag('AttachStdin'),
    attachStdout: shape.flag('AttachStdout'),
    attachStderr: shape.flag('AttachStderr'),
    detachKeys: shape.text('DetachKeys'),
    consoleSize: consoleSize(shape),
  }
}

/** `[rows, columns]`; undefined when absent or zero. */
export const consoleSize = (shape: Shape): readonly [number, number] | undefined => {
  const [rows, columns] = shape.list('ConsoleSize').map(Number)
  return rows && columns ? [rows, columns] : undefined
}

/** A second process in a container, from its creation to when it is forgotten. In memory only, as in Docker. */
export interface Exec {
  readonly id: string
  readonly container: Container
  readonly request: ExecRequest
  session?: ExecSession
  /** The session to come, from the start on. */
  starting?: Promise<ExecSession>
  started: boolean
  exitCode?: number
  /** Undefined while it runs. */
  finishedAt?: number
}

/** How long the exit code of an ended exec can be asked for; dockerd forgets after five minutes too. */
const keptMs = 5 * 60_000

/** Clients look for what comes after it. */
const startFaultPrefix = 'OCI runtime exec failed: exec failed: unable to start container process: '

export class Execs {
  readonly #byId = new Map<string, Exec>()
  readonly #context: ContainerContext

  constructor(context: ContainerContext) {
    this.#context = context
  }

  /** @throws ApiError 409 in dockerd's words when the container does not run. */
  create(container: Container, request: ExecRequest): Exec {
    this.#assertRunning(container)
    this.#forgetOld()
    const exec: Exec = { id: randomBytes(32).toString('hex'), container, request, started: false }
    this.#byId.set(exec.id, exec)
    container.execIds.add(exec.id)
    publish(this.#context, container, `exec_create: ${request.command.join(' ')}`, { execID: exec.id })
    return exec
  }

  /** @throws ApiError 404 in dockerd's words. */
  get(id: string): Exec {
    const exec = this.#byId.get(id)
    if (exec === undefined) throw notFound(`No such exec instance: ${id}`)
    return exec
  }

  /** @throws ApiError 409 when it was started before, or the container does not run. */
  assertStartable(exec: Exec): RunningContainer {
    if (exec.started) throw conflict(`exec command ${exec.id} has already run`)
    return this.#assertRunning(exec.container)
  }

  /** @throws ApiError 409 when it was started before or the container does not run; 400 when there is no such program. */
  async start(exec: Exec, size: readonly [rows: number, columns: number] | undefined): Promise<ExecSession> {
    const { container, request } = exec
    const running = this.assertStartable(exec)
    exec.started = true
    const { config, hostConfig } = container.document
    const [rows, columns] = size ?? request.consoleSize ?? [0, 0]
    const process = {
      ...ociProcess(
        {
          ...config,
          Tty: request.tty,
          User: request.user || config.User,
          WorkingDir: request.workingDir || config.WorkingDir,
          Env: [...config.Env, ...request.environment],
        },
        {
          ...hostConfig,
          ConsoleSize: [rows, columns],
          Privileged: hostConfig.Privileged || request.privileged,
        },
      ),
      args: request.command,
    }
    const { attachStdin: openStdin, privileged } = request
    try {
      exec.starting = running.exec(process, { openStdin, privileged })
      const session = await exec.starting
      exec.session = session
      publish(this.#context, container, `exec_start: ${request.command.join(' ')}`, { execID: exec.id })
      // It goes with its container, whose end may come first.
      void session.exited.then(
        ({ code }) => this.#ended(exec, code),
        () => this.#ended(exec, 137),
      )
      return session
    } catch (error) {
      exec.exitCode = error instanceof StartError ? error.exitCode : 126
      this.#finished(exec)
      if (!(error instanceof StartError)) throw error
      throw new ApiError(400, `${startFaultPrefix}${error.message}`, { cause: error })
    }
  }

  async resize(exec: Exec, size: TerminalSize): Promise<void> {
    // A client tells its size when its connection stands, which is before the process does.
    const session = await exec.starting?.catch(() => undefined)
    if (session === undefined || exec.finishedAt !== undefined)
      throw conflict(`exec ${exec.id} is not running`)
    await session.resize(size)
  }

  /** Forgets the processes of containers that are gone. */
  forgetRemoved(): void {
    for (const { id, container } of this.#byId.values())
      if (this.#context.containers.find(container.id) === undefined) this.#byId.delete(id)
  }

  #ended(exec: Exec, code: number): void {
    exec.exitCode = code
    this.#finished(exec)
    publish(this.#context, exec.container, 'exec_die', { execID: exec.id, exitCode: String(code) })
  }

  #finished(exec: Exec): void {
    exec.finishedAt = this.#context.clock.now()
    exec.container.execIds.delete(exec.id)
  }

  #forgetOld(): void {
    const oldest = this.#context.clock.now() - keptMs
    for (const exec of this.#byId.values())
      if (exec.finishedAt !== undefined && exec.finishedAt < oldest) this.#byId.delete(exec.id)
  }

  #assertRunning(container: Container): RunningContainer {
    const { status } = container.state
    if (status === 'paused')
      throw conflict(`Container ${container.id} is paused, unpause the container before exec`)
    if (container.running === undefined) throw conflict(`container ${container.id} is not running`)
    return container.running
  }
}
