import { ProtocolError } from '../protocol/frame.ts'
import { ItemReader } from '../protocol/items.ts'
import { message, tag } from '../protocol/wire.ts'
import { AgentError } from './agent-error.ts'
import type { Connection } from './connection.ts'
import { RemoteProcess, readExit } from './remote-process.ts'

/** Of the container's cgroup. */
export interface AgentUsage {
  /** Nanoseconds of CPU since the start. */
  readonly cpuTotal: bigint
  readonly memoryBytes: number
  /** The part of it that the kernel drops first: page cache not lately used. */
  readonly inactiveFileBytes: number
  /** The limit, or the machine's memory where there is none. */
  readonly memoryLimitBytes: number
  readonly pids: number
}

export const readUsage = (items: ItemReader): AgentUsage => ({
  cpuTotal: items.bigint(tag.cpuNs) ?? 0n,
  memoryBytes: items.number(tag.memoryCurrent) ?? 0,
  inactiveFileBytes: items.number(tag.memoryInactiveFile) ?? 0,
  memoryLimitBytes: items.number(tag.memoryLimit) ?? 0,
  pids: items.number(tag.pidsCurrent) ?? 0,
})

/** A process as the container sees it. */
export interface GuestProcessEntry {
  readonly pid: number
  readonly ppid: number
  readonly uid: number
  readonly command: string
  /** Milliseconds of CPU. */
  readonly cpuMs: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

export const readProcesses = async (connection: Connection): Promise<GuestProcessEntry[]> => {
  const items = await collect(new RemoteProcess(connection, message.processes, Buffer.alloc(0)))
  return items.all(tag.process).map((bytes) => {
    const entry = new ItemReader(bytes)
    return {
      pid: entry.number(tag.pid) ?? 0,
      ppid: entry.number(tag.ppid) ?? 0,
      uid: entry.number(tag.uid) ?? 0,
      command: entry.string(tag.command) ?? '',
      cpuMs: Number((entry.bigint(tag.cpuNs) ?? 0n) / 1_000_000n),
      startedAt: Number((entry.bigint(tag.startedAt) ?? 0n) / 1_000_000n),
    }
  })
}

/** A guest decides how much it says: not more than this is kept. */
const longestAnswer = 4 << 20

/** The whole output as a list of items. Rejects with AgentError when the operation failed. */
export const collect = async (remote: RemoteProcess): Promise<ItemReader> => {
  await remote.started
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of remote.stdout) {
    const bytes = chunk as Buffer
    length += bytes.length
    if (length > longestAnswer) {
      remote.abandon()
      throw new ProtocolError('the guest says more than an answer can hold')
    }
    chunks.push(bytes)
  }
  const { code, error } = readExit(await remote.exited)
  if (code !== 0) throw new AgentError(error ?? 'the operation failed', { exitCode: code, errno: 0 })
  return new ItemReader(Buffer.concat(chunks))
}
