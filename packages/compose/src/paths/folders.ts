import { statSync } from 'node:fs'
import { posix } from 'node:path'
import { joinPath } from './clean.ts'

/** A path against a folder, unless it is absolute. */
export const resolveIn = (folder: string, path: string): string =>
  posix.isAbsolute(path) ? path : joinPath(folder, path)

/** The folder that a path names or that its file is in, relative to `base` where that can be said. */
export const folderOf = (path: string, base: string, cwd: string): string => {
  const full = resolveIn(base, path)
  const isFolder = statSync(posix.resolve(cwd, full), { throwIfNoEntry: false })?.isDirectory() ?? false
  return relativePath(base, isFolder ? full : posix.dirname(full))
}

/** Go's `filepath.Rel`; what it can't say is given as it is. */
const relativePath = (base: string, target: string): string => {
  if (posix.isAbsolute(base) !== posix.isAbsolute(target)) return target
  return posix.relative(`/${base}`, `/${target}`) || '.'
}
