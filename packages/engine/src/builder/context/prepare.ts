import { lstat, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { isSystemError } from '@container-compose/core'
import { badParameter } from '../../api/errors.ts'
import { forBuildah, heredocContext, writeHeredocs } from '../dockerfile/for-buildah.ts'
import type { BuildRequest } from '../request.ts'
import { fetchGitContext } from './git.ts'
import { contextPatterns, longestIgnoreFile } from './ignore-file.ts'
import { receiveContext } from './receive.ts'

/** A context on disk, ready for buildah. */
export interface PreparedContext {
  readonly dir: string
  /** Outside of the context; in words that buildah knows. */
  readonly dockerfile: string
  readonly dockerfileText: string
  /** Directories by the names that a Dockerfile gives them. */
  readonly contexts: Readonly<Record<string, string>>
  /** Files by the ids of secrets. */
  readonly secrets: Readonly<Record<string, string>>
}

export interface ReceivedContext {
  readonly request: Pick<BuildRequest, 'dockerfile' | 'remote'>
  readonly archive: AsyncIterable<Buffer>
  /** The archive holds `context/`, `contexts/<name>/` and `secrets/<id>` in place of the context alone. */
  readonly isBundle: boolean
  readonly signal: AbortSignal
}

/** @throws ApiError 400 for an archive that is none, and for a Dockerfile that is not in it */
export const prepareContext = async (
  { request, archive, isBundle, signal }: ReceivedContext,
  work: string,
): Promise<PreparedContext> => {
  const received = join(work, 'received')
  const { remote, dockerfile: name } = request
  if (remote === undefined || isBundle) await receiveContext(archive, received)
  const dir = remote === undefined && !isBundle ? received : join(received, 'context')
  if (remote !== undefined) {
    await mkdir(received, { recursive: true })
    await fetchGitContext(dir, { url: remote, dockerfile: posix.normalize(name), work, signal })
  }
  if (!(await lstat(dir)).isDirectory())
    throw badParameter('invalid build bundle: its context is no directory')
  const dockerfileText = await readInside(dir, request.dockerfile)
  const dockerfile = join(work, 'Dockerfile')
  const { text, files } = forBuildah(dockerfileText)
  await writeFile(dockerfile, text)
  const heredocs = join(work, 'heredocs')
  await writeHeredocs(heredocs, files)
  await leaveOutOwnFiles(dir, request.dockerfile)
  return {
    ...{ dir, dockerfile, dockerfileText },
    contexts: {
      ...(isBundle && (await entriesOf(join(received, 'contexts'), 'directories'))),
      ...(files.size > 0 && { [heredocContext]: heredocs }),
    },
    secrets: isBundle ? await entriesOf(join(received, 'secrets'), 'files') : {},
  }
}

const longestDockerfile = 4 * 1024 * 1024

const readInside = async (dir: string, path: string): Promise<string> => {
  if (path.split('/').includes('..')) throw badParameter(`forbidden path outside the build context: ${path}`)
  const file = await resolveInside(dir, path)
  if (file === undefined) throw badParameter(`Cannot locate specified Dockerfile: ${path}`)
  const { size } = await stat(file)
  if (size === 0) throw badParameter(`the Dockerfile (${path}) cannot be empty`)
  if (size > longestDockerfile) throw badParameter(`the Dockerfile (${path}) is too long`)
  return readFile(file, 'utf8')
}

/** Where a file of the context really lies; undefined when that is not in it, or is no file. Nobody else changes the directory. */
const resolveInside = async (dir: string, path: string): Promise<string | undefined> => {
  try {
    const [parent, file] = [await realpath(dirname(join(dir, path))), await realpath(join(dir, path))]
    const isInside = `${parent}/`.startsWith(`${dir}/`) && file.startsWith(`${dir}/`)
    return isInside && (await stat(file)).isFile() ? file : undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].some((code) => isSystemError(error, code))) return undefined
    throw error
  }
}

/** The Dockerfile and the .dockerignore are always sent; where the patterns leave them out, no COPY shall find them. */
const leaveOutOwnFiles = async (dir: string, dockerfile: string): Promise<void> => {
  const file = await resolveInside(dir, '.dockerignore')
  if (file === undefined) return
  if ((await stat(file)).size > longestIgnoreFile) throw badParameter('.dockerignore is too long')
  const patterns = contextPatterns(await readFile(file, 'utf8'))
  for (const name of [dockerfile, '.dockerignore'])
    if (patterns.ignores(posix.normalize(name))) await rm(join(dir, name), { force: true })
}

/** What lies in a directory of a bundle, by its name without the escapes that keep a name one part of a path. */
const entriesOf = async (dir: string, kind: 'directories' | 'files'): Promise<Record<string, string>> => {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  return Object.fromEntries(
    entries.map((entry) => {
      const name = decodeURIComponent(entry.name)
      const fits = kind === 'files' ? entry.isFile() : entry.isDirectory()
      if (!fits || !/^[^\s=,]+$/.test(name)) throw badParameter(`invalid build bundle: ${name}`)
      return [name, join(dir, entry.name)]
    }),
  )
}
