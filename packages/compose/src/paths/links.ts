import { lstatSync, realpathSync } from 'node:fs'
import { posix } from 'node:path'

/** The path with its first symbolic link replaced by what it points to. A path that isn't there stays. */
export const followLink = (path: string, cwd: string): string => {
  let current = posix.isAbsolute(path) ? '/' : ''
  for (const part of path.split('/')) {
    if (part === '') continue
    current = posix.join(current, part)
    const onDisk = posix.resolve(cwd, current)
    if (!lstatSync(onDisk, { throwIfNoEntry: false })?.isSymbolicLink()) continue
    return path.replace(current, () => realpathSync(onDisk))
  }
  return path
}
