import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { isSystemError, type SourceLocation, UserError } from '@container-compose/core'
import type { DesiredBuild } from '../desired/desired-build.ts'

/** Where the Dockerfile of a build is, and how it is sent. */
export interface BuildDockerfile {
  /** Its path in the archive. */
  readonly name: string
  /** Sent under that name, as it is no file of the context. */
  readonly content: Buffer | undefined
  /** The place of one of its lines. */
  locate(line: number): SourceLocation | undefined
}

/** @throws UserError `DOCKERFILE_NOT_FOUND` with the place of `build` */
export const findDockerfile = async (build: DesiredBuild): Promise<BuildDockerfile> => {
  const { dockerfile, context } = build
  if (dockerfile.kind === 'inline')
    return {
      ...sent(Buffer.from(dockerfile.text)),
      locate: (line) => inlineLocation(dockerfile.at, dockerfile.text, line),
    }
  const path = isAbsolute(dockerfile.path) ? dockerfile.path : join(context, dockerfile.path)
  const content = await readDockerfile(path, build)
  const locate = (line: number): SourceLocation => locationIn(path, content.toString(), line)
  const inside = relative(context, path)
  const isInside = !inside.startsWith('..') && !isAbsolute(inside)
  return { ...(isInside ? { name: inside, content: undefined } : sent(content)), locate }
}

/** A name that no file of a context has, the same for the same content. */
const sent = (content: Buffer) => ({
  name: `.dockerfile.${createHash('sha256').update(content).digest('hex').slice(0, 16)}`,
  content,
})

const readDockerfile = async (path: string, { at, service }: DesiredBuild): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES'].some((code) => isSystemError(cause, code))) throw cause
    throw new UserError(
      'DOCKERFILE_NOT_FOUND',
      `service "${service}": failed to read dockerfile: open ${path}: no such file or directory`,
      { at, cause, hint: 'build.dockerfile names it, relative to build.context' },
    )
  }
}

const locationIn = (file: string, text: string, line: number): SourceLocation => {
  const excerpt = text.split(/\r?\n/)[line - 1]
  return {
    file,
    line,
    column: 1 + (/^\s*/.exec(excerpt ?? '')?.[0].length ?? 0),
    ...(excerpt !== undefined && { excerpt }),
  }
}

/** In a block scalar the text begins on the line after its key; where that can't be told, the key is the place. */
const inlineLocation = (
  at: SourceLocation | undefined,
  text: string,
  line: number,
): SourceLocation | undefined => {
  if (at === undefined) return undefined
  const excerpt = text.split('\n')[line - 1]
  return { ...at, ...(excerpt !== undefined && { excerpt: excerpt.trim(), column: 1 }) }
}
