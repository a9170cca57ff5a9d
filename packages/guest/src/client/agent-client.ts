import type { Duplex } from 'node:stream'
import { encodeSize } from '../protocol/encode-process.ts'
import { encodeSetup, encodeSurroundings } from '../protocol/encode-setup.ts'
import { type Frame, ProtocolError } from '../protocol/frame.ts'
import { ItemReader, numberItem } from '../protocol/items.ts'
import type { GuestProcess, GuestSetup } from '../protocol/setup.ts'
import { channel, flag, mainStream, message, phase, tag } from '../protocol/wire.ts'
import { type AgentExec, sendSignal, startExec } from './agent-exec.ts'
import { type AgentFiles, agentFiles } from './agent-files.ts'
import { Connection } from './connection.ts'
import { Outgoing } from './outgoing.ts'
import { type AgentUsage, collect, type GuestProcessEntry, readProcesses, readUsage } from './readings.ts'
import { dataPayload, type RemoteExit, RemoteProcess, readExit, readOffset } from './remote-process.ts'

/** What the agent says of itself when an engine says hello. */
export interface AgentState {
  /** `ready`: a fresh template, or restored from one. `prepared`: set up. */
  readonly phase: 'ready' | 'prepared' | 'running' | 'exited'
  /** Set once exited. */
  readonly exit?: RemoteExit
  /** Execs of an engine before this one, by their numbers, with how they end: their streams are gone. */
  readonly execs: ReadonlyMap<number, Promise<RemoteExit>>
}

/**
 * The agent in one guest, over the virtio-serial port `agent`. One client at a time: a new hello ends the one before, its
 * execs lose their streams and run on, the container's stdin stays open.
 */
export class AgentClient {
  readonly state: AgentState
  /** When the container's process has ended; rejects with AgentGone when the channel closes before. Also in the log. */
  readonly exited: Promise<RemoteExit>
  readonly files: AgentFiles
  readonly #connection: Connection
  readonly #stdin: Outgoing

  private constructor(connection: Connection, hello: ItemReader) {
    this.#connection = connection
    this.state = readState(connection, hello)
    this.#stdin = new Outgoing(
      (offset, data, isLast) => this.#sendStdin(offset, data, isLast),
      hello.bigint(tag.stdinTaken) ?? 0n,
    )
    this.exited = new Promise((resolve, reject) => {
      if (this.state.exit !== undefined) resolve(this.state.exit)
      connection.listen(mainStream, {
        receive: (frame) => this.#receiveMain(frame, resolve),
        gone: (error) => {
          this.#stdin.close(error)
          reject(error)
        },
      })
    })
    this.exited.catch(() => {})
    this.files = agentFiles(connection)
  }

  /**
   * Resolves when the agent answers: in a machine that boots, when it has booted.
   * Rejects with AgentGone when the socket closes or `signal` is aborted. Takes the socket over; `takeOver` is true where
   * another engine has used this very guest before.
   */
  static connect(
    socket: Duplex,
    options: { readonly takeOver: boolean; readonly signal?: AbortSignal },
  ): Promise<AgentClient> {
    return Connection.open(socket, options, (connection, hello) => new AgentClient(connection, hello))
  }

  /**
   * In a template: mounts in advance what most containers want. Only a setup that wants just the same gains by it. Resolves when the
   * machine can be saved.
   */
  async prepare(usual: Pick<GuestSetup, 'mounts' | 'maskedPaths' | 'readonlyPaths'>): Promise<void> {
    await this.#connection.request(message.prepare, Buffer.concat(encodeSurroundings(usual)))
  }

  /**
   * In a machine that is nobody's yet: runs a container of this setup to its end, so that the next one finds everything warm.
   * Its output goes to the log port. The setup may have IPv4 addresses alone, and no mounts of the host.
   */
  async rehearse(setup: GuestSetup): Promise<void> {
    await collect(new RemoteProcess(this.#connection, message.rehearse, encodeSetup(setup)))
  }

  /** Makes the guest this container: network, disk, mounts. Allowed once. */
  async setup(setup: GuestSetup): Promise<void> {
    await this.#connection.request(message.setup, encodeSetup(setup))
  }

  /**
   * Runs the process that `setup` described; resolves when it has been executed. May be sent without waiting for `setup`.
   * Rejects with AgentError in Docker's words and with its exit code.
   */
  async start(): Promise<void> {
    await this.#connection.request(message.start, Buffer.alloc(0))
  }

  /** To the container's process. */
  async signal(signal: number): Promise<void> {
    await sendSignal(this.#connection, mainStream, signal)
  }

  /**
   * Starts the process again, in the same mounts, with the same addresses and the same log. `signal` asks the old one to end; after
   * `graceMs` it is killed, unless that is negative. Resolves when the new one has been executed; rejects like `start`, and the
   * container has then ended.
   */
  async restart({ signal, graceMs }: { readonly signal: number; readonly graceMs: number }): Promise<void> {
    const payload = [numberItem(tag.value, signal), numberItem(tag.graceMs, graceMs)]
    await this.#connection.request(message.restart, Buffer.concat(payload))
  }

  resize(size: { readonly rows: number; readonly columns: number }): void {
    this.#connection.send({ type: message.resize, stream: mainStream, payload: encodeSize(size) })
  }

  /** Resolves when the container has taken all of it. */
  writeStdin(data: Buffer): Promise<void> {
    return this.#stdin.write(data)
  }

  closeStdin(): void {
    this.#stdin.end()
  }

  /** Resolves when the process has been executed. Rejects like `start`. */
  exec(process: GuestProcess): Promise<AgentExec> {
    return startExec(this.#connection, process)
  }

  async usage(): Promise<AgentUsage> {
    return readUsage(await this.#connection.request(message.usage, Buffer.alloc(0)))
  }

  processes(): Promise<GuestProcessEntry[]> {
    return readProcesses(this.#connection)
  }

  /** Sets the guest's clock, nanoseconds since the epoch: it stood still while the machine was paused. */
  async setClock(now: bigint): Promise<void> {
    await this.#connection.request(message.clock, numberItem(tag.clock, now))
  }

  /** Writes all files back and powers the machine off. Used by helpers without a process; the channel then closes. */
  shutdown(): void {
    this.#connection.send({ type: message.shutdown, stream: 0 })
  }

  /** Lets go: the container runs on. */
  close(): void {
    this.#connection.close()
  }

  /** Calls back when the channel has closed, for whatever reason. */
  onClose(callback: (error: Error) => void): void {
    this.#connection.listen(0, { receive: () => {}, gone: callback })
  }

  #sendStdin(offset: bigint, data: Buffer, isLast: boolean): void {
    this.#connection.send({
      type: message.data,
      stream: mainStream,
      channel: channel.stdin,
      flags: isLast ? flag.end : 0,
      payload: dataPayload(offset, data),
    })
  }

  #receiveMain(frame: Frame, exited: (exit: RemoteExit) => void): void {
    if (frame.type === message.ack) this.#stdin.acknowledge(readOffset(frame.payload))
    else if (frame.type === message.exit) {
      this.#stdin.close()
      exited(readExit(new ItemReader(frame.payload)))
    }
  }
}

const phases = new Map<number, AgentState['phase']>([
  [phase.ready, 'ready'],
  [phase.prepared, 'prepared'],
  [phase.running, 'running'],
  [phase.exited, 'exited'],
])

const readState = (connection: Connection, hello: ItemReader): AgentState => {
  const name = phases.get(hello.number(tag.phase) ?? 0)
  if (name === undefined) throw new ProtocolError('the agent is in an unknown phase')
  const execs = hello.all(tag.exec).map((bytes) => Number(readOffset(bytes)))
  return {
    phase: name,
    execs: new Map(execs.map((stream) => [stream, endOf(connection, stream)])),
    ...(name === 'exited' ? { exit: readExit(hello) } : {}),
  }
}

const endOf = (connection: Connection, stream: number): Promise<RemoteExit> => {
  const end = new Promise<RemoteExit>((resolve, reject) => {
    connection.listen(stream, {
      gone: reject,
      receive: (frame) => {
        if (frame.type !== message.exit) return
        connection.finish(stream)
        resolve(readExit(new ItemReader(frame.payload)))
      },
    })
  })
  end.catch(() => {})
  return end
}
