import type { Readable } from 'node:stream'
import { encodeProcess, encodeSize } from '../protocol/encode-process.ts'
import { numberItem } from '../protocol/items.ts'
import type { GuestProcess } from '../protocol/setup.ts'
import { message, tag } from '../protocol/wire.ts'
import type { Connection } from './connection.ts'
import { type RemoteExit, RemoteProcess, readExit } from './remote-process.ts'

/** A further process in the container. */
export interface AgentExec {
  /** Its number, by which an engine that takes over finds it in `AgentState.execs`. */
  readonly stream: number
  /** As the guest counts it. */
  readonly pid: number
  /** Reading slowly slows the process. With a terminal everything is on stdout. */
  readonly stdout: Readable
  readonly stderr: Readable
  /** After the last of its output has arrived. Rejects with AgentGone. */
  readonly exited: Promise<RemoteExit>
  /** Resolves when the process has it; rejects when it ends first. */
  writeStdin(data: Buffer): Promise<void>
  closeStdin(): void
  resize(size: { readonly rows: number; readonly columns: number }): void
  kill(signal: number): Promise<void>
}

export const startExec = async (connection: Connection, process: GuestProcess): Promise<AgentExec> => {
  const remote = new RemoteProcess(connection, message.exec, Buffer.concat(encodeProcess(process)))
  const pid = (await remote.started).number(tag.pid) ?? 0
  return {
    stream: remote.stream,
    pid,
    stdout: remote.stdout,
    stderr: remote.stderr,
    exited: remote.exited.then(readExit),
    writeStdin: (data) => remote.stdin.write(data),
    closeStdin: () => remote.stdin.end(),
    resize: (size) =>
      connection.send({ type: message.resize, stream: remote.stream, payload: encodeSize(size) }),
    kill: (signal) => sendSignal(connection, remote.stream, signal),
  }
}

export const sendSignal = async (connection: Connection, stream: number, signal: number): Promise<void> => {
  const payload = Buffer.concat([numberItem(tag.stream, stream), numberItem(tag.value, signal)])
  await connection.request(message.signal, payload)
}
