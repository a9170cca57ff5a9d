import type { Readable } from 'node:stream'
import { numberItem, stringItem } from '../protocol/items.ts'
import { message, tag, writeFlag } from '../protocol/wire.ts'
import { AgentError } from './agent-error.ts'
import type { Connection } from './connection.ts'
import { collect } from './readings.ts'
import { RemoteProcess, readExit } from './remote-process.ts'

/** Files of the container, after `setup`, whether its process runs or not. Paths never lead out of its root. */
export interface AgentFiles {
  /** Does not follow a link in the last part. AgentError with errno 2 when absent. */
  stat(path: string): Promise<GuestFileStat>
  /** A tar whose first entry is named for the last part of `path`. The stream is destroyed with an error if it breaks. */
  read(path: string): Promise<Readable>
  /** Extracts a tar into the directory `path`. */
  write(path: string, tar: Readable, options: GuestWriteOptions): Promise<void>
}

export interface GuestWriteOptions {
  /** Refuse to replace a directory by something else and the other way round. */
  readonly noOverwriteDirNonDir: boolean
  /** Members called `.wh.NAME` remove NAME; what has a name already is replaced at once, whatever it is. */
  readonly sync?: boolean
  /** `user[:group]` that shall own all of it, looked up in the container; else the owners are those of the archive. */
  readonly owner?: string
}

export interface GuestFileStat {
  readonly name: string
  readonly size: number
  /** `st_mode` of stat(2). */
  readonly mode: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** Empty unless a symbolic link. */
  readonly linkTarget: string
}

export const agentFiles = (connection: Connection): AgentFiles => ({
  async stat(path) {
    const remote = new RemoteProcess(connection, message.stat, stringItem(tag.path, path))
    const items = await collect(remote)
    return {
      name: items.string(tag.name) ?? '',
      size: items.number(tag.size) ?? 0,
      mode: items.number(tag.mode) ?? 0,
      mtime: items.bigint(tag.mtime) ?? 0n,
      linkTarget: items.string(tag.linkTarget) ?? '',
    }
  },

  async read(path) {
    const remote = new RemoteProcess(connection, message.read, stringItem(tag.path, path))
    await remote.started
    remote.exited.then(
      (items) => {
        const { code, error } = readExit(items)
        if (code !== 0)
          remote.stdout.destroy(new AgentError(error ?? 'reading failed', { exitCode: code, errno: 0 }))
      },
      (error: Error) => remote.stdout.destroy(error),
    )
    // A reader that goes early ends the reading.
    remote.stdout.once('close', () => {
      if (!remote.stdout.readableEnded) remote.abandon()
    })
    return remote.stdout
  },

  async write(path, tar, options) {
    const request = Buffer.concat([
      stringItem(tag.path, path),
      numberItem(
        tag.writeFlags,
        (options.noOverwriteDirNonDir ? writeFlag.noOverwriteDirNonDir : 0) |
          (options.sync === true ? writeFlag.sync : 0),
      ),
      ...(options.owner === undefined ? [] : [stringItem(tag.user, options.owner)]),
    ])
    const remote = new RemoteProcess(connection, message.write, request)
    await remote.started
    try {
      for await (const chunk of tar) await remote.stdin.write(chunk as Buffer)
      remote.stdin.end()
    } catch (error) {
      // An archive that breaks off is not an archive that ends: stop the writer before it believes so.
      remote.abandon()
      // When it stopped first, its own reason is the better one.
      const exit = await remote.exited.then(readExit, () => undefined)
      if (exit?.error === undefined) throw error
    }
    const { code, error } = readExit(await remote.exited)
    if (code !== 0) throw new AgentError(error ?? 'writing failed', { exitCode: code, errno: 0 })
  },
})
