import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError, UserError } from '@container-compose/core'
import type { BuildSecret, DesiredBuild } from '../desired/desired-build.ts'
import type { ArchivePart } from './archive.ts'
import { readContextRules } from './context-files.ts'
import type { BuildDockerfile } from './dockerfile.ts'

/** Media type of an archive with `context/`, `contexts/<name>/` and `secrets/<id>`, which our engine takes. */
export const bundleType = 'application/vnd.container-compose.build.v1.tar'

/** Whether the build has more than one tree to send, which Docker's archive has no place for. */
export const needsBundle = ({ contexts, secrets }: DesiredBuild): boolean =>
  secrets.length > 0 || Object.values(contexts).some(({ kind }) => kind === 'folder')

/** What the archive of a build is made of. @throws UserError `BUILD_CONTEXT`, `BUILD_SECRET` */
export const archiveParts = async (
  build: DesiredBuild,
  dockerfile: BuildDockerfile,
): Promise<ArchivePart[]> => {
  const isBundle = needsBundle(build)
  const prefix = isBundle ? 'context/' : ''
  const { content, name } = dockerfile
  const rules = await readContextRules(build.context, content === undefined ? name : dockerfileName(build))
  const further = isBundle ? await furtherParts(build) : []
  return [
    { kind: 'folder', prefix, folder: build.context, rules },
    ...(content === undefined ? [] : await outsideDockerfile(build.context, prefix, { name, content })),
    ...further,
  ]
}

/** A Dockerfile outside of its context may have patterns of its own only beside itself, where the context does not reach. */
const dockerfileName = ({ dockerfile }: DesiredBuild): string | undefined =>
  dockerfile.kind === 'file' && !dockerfile.path.startsWith('/') && !dockerfile.path.startsWith('..')
    ? dockerfile.path
    : undefined

/** Sent with the context, and left out of it by the patterns, so that no COPY finds it. */
const outsideDockerfile = async (
  folder: string,
  prefix: string,
  { name, content }: { readonly name: string; readonly content: Buffer },
): Promise<ArchivePart[]> => {
  const ignore = await readFile(join(folder, '.dockerignore'), 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return '.dockerignore\n'
    throw error
  })
  return [
    { kind: 'file', name: `${prefix}.dockerignore`, content: Buffer.from(`${ignore}\n${name}\n`) },
    { kind: 'file', name: `${prefix}${name}`, content },
  ]
}

/** The folders and secrets of a build beside its context. */
export const furtherParts = async ({ contexts, secrets }: DesiredBuild): Promise<ArchivePart[]> => {
  const parts: ArchivePart[] = []
  for (const [name, context] of Object.entries(contexts))
    if (context.kind === 'folder')
      parts.push({
        kind: 'folder',
        prefix: `contexts/${encodeURIComponent(name)}/`,
        folder: context.path,
        rules: await readContextRules(context.path, undefined),
      })
  for (const secret of secrets)
    parts.push({
      kind: 'file',
      name: `secrets/${encodeURIComponent(secret.id)}`,
      content: await contentOf(secret),
    })
  return parts
}

const contentOf = async ({ id, source, at, read }: BuildSecret): Promise<Buffer> => {
  const unset = (cause?: unknown) =>
    new UserError('BUILD_SECRET', `build secret "${id}": secret "${source}" has no content`, {
      at,
      cause,
      hint: 'its file must be there, or its variable be set',
    })
  try {
    const content = await read()
    if (content === undefined) throw unset()
    return content
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'EACCES') || isSystemError(error, 'EISDIR'))
      throw unset(error)
    throw error
  }
}
