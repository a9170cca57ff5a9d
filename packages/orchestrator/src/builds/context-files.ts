import type { Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type IgnorePatterns,
  ignorePatterns,
  isSystemError,
  parseIgnoreFile,
  UserError,
} from '@container-compose/core'

/** One entry of a build context. */
export interface ContextFile {
  /** Below the context, with slashes. */
  readonly path: string
  readonly absolute: string
  readonly kind: 'file' | 'directory' | 'symlink'
  readonly stats: Stats
  /** Of a symbolic link, as it stands. */
  readonly target?: string
}

/** What of a folder is sent: everything but what its `.dockerignore` leaves out, that file itself and the Dockerfile always. */
export interface ContextRules {
  readonly patterns: IgnorePatterns
  /** Paths that are sent whatever the patterns say. */
  readonly always: ReadonlySet<string>
}

/**
 * Reads the patterns of a context: `<Dockerfile>.dockerignore` where there is one, else `.dockerignore`.
 *
 * @throws UserError `BAD_DOCKERIGNORE`
 */
export const readContextRules = async (
  folder: string,
  dockerfile: string | undefined,
): Promise<ContextRules> => {
  const own =
    dockerfile === undefined ? undefined : await readOptional(join(folder, `${dockerfile}.dockerignore`))
  const name = own === undefined ? '.dockerignore' : `${dockerfile}.dockerignore`
  const text = own ?? (await readOptional(join(folder, '.dockerignore'))) ?? ''
  try {
    return {
      patterns: ignorePatterns(parseIgnoreFile(text)),
      always: new Set(['.dockerignore', ...(dockerfile === undefined ? [] : [dockerfile])]),
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError('BAD_DOCKERIGNORE', `${join(folder, name)}: ${error.message}`)
  }
}

/**
 * The entries of a folder that the rules let through, parents before what is in them, names sorted. Sockets are passed over, as
 * they are nothing in a file system that an image could have.
 *
 * @throws UserError `BUILD_CONTEXT` for what can't be read or is a device or pipe, named
 */
export async function* contextFiles(folder: string, rules: ContextRules): AsyncGenerator<ContextFile> {
  yield* below(folder, '', rules, [])
}

async function* below(
  folder: string,
  directory: string,
  rules: ContextRules,
  /** Parents that are left out themselves, told only when something in them is not. */
  held: readonly ContextFile[],
): AsyncGenerator<ContextFile> {
  let pending = held
  for (const name of await names(join(folder, directory))) {
    const path = directory === '' ? name : `${directory}/${name}`
    const ignored = rules.patterns.ignores(path) && !rules.always.has(path)
    const mayHold = mayHoldFiles(path, rules)
    if (ignored && !mayHold) continue
    const file = await describe(join(folder, path), path)
    if (file === undefined || (ignored && file.kind !== 'directory')) continue
    if (!ignored) {
      yield* pending
      pending = []
      yield file
    }
    if (file.kind !== 'directory') continue
    const inner = ignored ? [...pending, file] : []
    for await (const each of below(folder, path, rules, inner)) {
      pending = []
      yield each
    }
  }
}

const mayHoldFiles = (path: string, { patterns, always }: ContextRules): boolean =>
  !patterns.ignoresAllBelow(path) || [...always].some((kept) => kept.startsWith(`${path}/`))

const names = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw unreadable(folder, error)
  }
}

const describe = async (absolute: string, path: string): Promise<ContextFile | undefined> => {
  try {
    const stats = await lstat(absolute)
    if (stats.isSocket()) return undefined
    if (stats.isSymbolicLink())
      return { path, absolute, stats, kind: 'symlink', target: await readlink(absolute) }
    if (stats.isDirectory()) return { path, absolute, stats, kind: 'directory' }
    if (stats.isFile()) return { path, absolute, stats, kind: 'file' }
  } catch (error) {
    // It went away since its directory was read.
    if (isSystemError(error, 'ENOENT')) return undefined
    throw unreadable(absolute, error)
  }
  throw new UserError('BUILD_CONTEXT', `build context: ${absolute} is a device or a named pipe`, {
    hint: 'leave it out by a .dockerignore',
  })
}

/** What reading a context ends with, as what a person can act on. */
export const unreadable = (path: string, cause: unknown): unknown => {
  if (isSystemError(cause, 'ENOENT') || isSystemError(cause, 'ENOTDIR'))
    return new UserError(
      'BUILD_CONTEXT',
      `unable to prepare context: path ${JSON.stringify(path)} not found`,
      { cause },
    )
  if (!isSystemError(cause, 'EACCES')) return cause
  return new UserError('BUILD_CONTEXT', `build context: can't read ${path}`, {
    cause,
    hint: 'leave it out by a .dockerignore',
  })
}

const readOptional = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    throw error
  }
}
