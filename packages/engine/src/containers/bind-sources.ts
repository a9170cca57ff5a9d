import { existsSync, mkdirSync } from 'node:fs'
import { ApiError, badParameter } from '../api/errors.ts'
import type { ContainerContext } from './context.ts'
import { isEngineSocket } from './engine-socket.ts'
import type { ContainerDocument } from './model.ts'

interface Bind {
  readonly source: string
  readonly createSource?: boolean
}

/**
 * Sees to it that there is something to mount: what is missing is made as a directory, where the request lets it.
 *
 * @throws ApiError in dockerd's words.
 */
export const ensureSource = (
  context: Pick<ContainerContext, 'engineSocket'>,
  { source, createSource = false }: Bind,
): void => {
  // Absent while an engine that has just begun starts its containers, and no folder must lie in its way.
  if (isEngineSocket(source, context)) return
  if (existsSync(source)) return
  if (!createSource)
    throw badParameter(`invalid mount config for type "bind": bind source path does not exist: ${source}`)
  try {
    mkdirSync(source, { recursive: true })
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw new ApiError(
      500,
      `error while creating mount source path '${source}': mkdir ${source}: ${reasons[code] ?? message}`,
      { cause: error },
    )
  }
}

/** As Go, and so dockerd, calls them. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'file exists',
  ENOTDIR: 'not a directory',
  EROFS: 'read-only file system',
}

/** At each start, as dockerd does: the source may have gone since the container was made. */
export const ensureSources = (
  context: Pick<ContainerContext, 'engineSocket'>,
  { mounts }: Pick<ContainerDocument, 'mounts'>,
): void => {
  for (const mount of mounts) if (mount.type === 'bind') ensureSource(context, mount)
}
