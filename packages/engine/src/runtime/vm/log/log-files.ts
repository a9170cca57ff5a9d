import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'

/** Each run of a container has a log file of its own; QEMU writes it, and the last record is how the run ended. */
export const logFolder = (dir: string): string => join(dir, 'logs')

export const logPath = (dir: string, run: number): string => join(logFolder(dir), `${run}.log`)

/** The runs that have a log, oldest first. */
export const loggedRuns = async (dir: string): Promise<number[]> => {
  let names: string[]
  try {
    names = await readdir(logFolder(dir))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
  return names
    .flatMap((name) => /^(\d+)\.log$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)
}
