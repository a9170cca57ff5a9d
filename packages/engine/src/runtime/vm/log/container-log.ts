import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open } from 'node:fs/promises'
import { isSystemError } from '@container-compose/core'
import { type GuestLogRecord, LogCorrupt, LogDecoder } from '@container-compose/guest'
import type { LogPosition, LogRange, LogRecord } from '../../runtime.ts'
import { logFolder, loggedRuns, logPath } from './log-files.ts'
import { readLogFile } from './read-log.ts'

export type ExitRecord = Extract<GuestLogRecord, { kind: 'exit' }>

/** A new log for QEMU to append to. (An fd set asks for the very access mode that QEMU wants: write only.) */
export const createLog = async (dir: string, run: number): Promise<FileHandle> => {
  await mkdir(logFolder(dir), { recursive: true, mode: 0o700 })
  return open(
    logPath(dir, run),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_TRUNC,
    0o600,
  )
}

/** When a run that is going on has ended; undefined when none is, or another. */
export type EndOfRun = (run: number) => Promise<unknown> | undefined

/** The output of all runs of a container from a position on, oldest first. */
export async function* readContainerLog(
  dir: string,
  { follow, from, to, signal }: LogRange,
  endOf: EndOfRun,
): AsyncGenerator<LogRecord> {
  for (const run of await loggedRuns(dir)) {
    if (from !== undefined && run < from.run) continue
    if (to !== undefined && run > to.run) return
    const until = follow && to === undefined ? endOf(run) : undefined
    const offset = from?.run === run ? from.offset : 0
    const records = readLogFile({
      path: logPath(dir, run),
      offset,
      signal,
      ...(to?.run === run ? { end: to.offset } : {}),
      ...(until === undefined ? {} : { until }),
    })
    for await (const record of records)
      if (record.kind !== 'exit') yield { stream: record.kind, time: record.time, data: record.data }
  }
}

/** What is known of a log's end: where the next record will begin, and how the run ended, when it has. */
export interface LogEnd {
  readonly offset: number
  readonly exit?: ExitRecord
}

/** Reads a log from where a record begins to the last whole record. */
export const findLogEnd = async (path: string, from: number): Promise<LogEnd> => {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { offset: from }
    throw error
  }
  const decoder = new LogDecoder(from)
  let exit: ExitRecord | undefined
  try {
    for await (const chunk of file.createReadStream({ start: from, highWaterMark: 1024 * 1024 }))
      for (const record of decoder.push(chunk as Buffer)) if (record.kind === 'exit') exit = record
  } catch (error) {
    if (!(error instanceof LogCorrupt)) throw error
  } finally {
    await file.close()
  }
  return { offset: decoder.offset, ...(exit === undefined ? {} : { exit }) }
}

/** Remembers where it looked last, so that asking again reads only what is new. */
export class LogPositions {
  readonly #known = new Map<string, LogPosition>()

  async of(dir: string): Promise<LogPosition> {
    const run = (await loggedRuns(dir)).at(-1)
    if (run === undefined) return { run: 1, offset: 0 }
    const known = this.#known.get(dir)
    const { offset } = await findLogEnd(logPath(dir, run), known?.run === run ? known.offset : 0)
    const position = { run, offset }
    this.#known.set(dir, position)
    return position
  }

  forget(dir: string): void {
    this.#known.delete(dir)
  }
}
