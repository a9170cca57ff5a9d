import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { posix } from 'node:path'

/**
 * The path with its first symbolic link replaced by what it points to. A path that isn't there stays; a link to what isn't there
 * is a problem.
 */
export const followLink = (path: string, cwd: string): string | { readonly problem: string } => {
  let current = posix.isAbsolute(path) ? '/' : ''
  for (const part of path.split('/')) {
    if (part === '') continue
    current = posix.join(current, part)
    const onDisk = posix.resolve(cwd, current)
    if (!isLink(onDisk)) continue
    const target = endOfLink(onDisk)
    return typeof target === 'string' ? path.replace(current, () => target) : target
  }
  return path
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

const endOfLink = (link: string): string | { readonly problem: string } => {
  try {
    return realpathSync(link)
  } catch {
    let missing = link
    for (let hops = 0; isLink(missing); hops += 1) {
      if (hops === mostHops) return { problem: 'EvalSymlinks: too many links' }
      missing = posix.resolve(posix.dirname(missing), readlinkSync(missing))
    }
    return { problem: `lstat ${missing}: no such file or directory` }
  }
}

/** As Go's filepath.EvalSymlinks. */
const mostHops = 255
