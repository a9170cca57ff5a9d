import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isSystemError, messageOf } from '@container-compose/core'

/** What a file of state is: a version, and how to recognise its content. */
export interface DocumentFormat<T> {
  readonly version: number
  /** Returns the document, or throws with a sentence that says what is wrong with it. */
  decode(value: Readonly<Record<string, unknown>>): T
}

/** Told about each file that could not be read, after it was moved away. */
export type OnSetAside = (path: string, movedTo: string, reason: string) => void

/**
 * Replaces a JSON file atomically: whoever reads sees the old or the new one, also after `kill -9`.
 * `durable` also survives a power cut; it costs a disk flush, so it is for what cannot be rebuilt.
 */
export const writeDocument = (
  path: string,
  format: Pick<DocumentFormat<unknown>, 'version'>,
  document: object,
  options: { readonly durable: boolean },
): void => {
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify({ formatVersion: format.version, ...document }, undefined, 1)}\n`)
    if (options.durable) fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, path)
  if (options.durable) syncFolder(dirname(path))
}

/** Flushes the entries of a folder, so that names made or renamed in it survive a power cut. */
export const syncFolder = (path: string): void => {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/**
 * Reads a JSON file. Undefined when there is none, or when it is bad: then it has been renamed to `<path>.bad` (so that a
 * person can look at it, and the engine goes on) and `onSetAside` was told.
 */
export const readDocument = <T>(
  path: string,
  format: DocumentFormat<T>,
  onSetAside: OnSetAside,
): T | undefined => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error('is not an object')
    const { formatVersion, ...document } = value as Record<string, unknown>
    if (formatVersion !== format.version)
      throw new Error(`has format version ${String(formatVersion)}, this engine reads ${format.version}`)
    return format.decode(document)
  } catch (error) {
    const movedTo = `${path}.bad`
    renameSync(path, movedTo)
    onSetAside(path, movedTo, messageOf(error))
    return undefined
  }
}

/** The paths of the JSON files in a folder; what a write that was cut short has left there is removed. */
export const documentsIn = (folder: string): string[] => {
  const paths = readdirSync(folder).map((name) => join(folder, name))
  for (const path of paths) if (path.endsWith('.json.new')) rmSync(path)
  return paths.filter((path) => path.endsWith('.json'))
}

/** Makes a folder for state: only its owner may enter. */
export const makeFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}
