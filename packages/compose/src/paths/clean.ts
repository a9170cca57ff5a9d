import { posix } from 'node:path'

/** Go's `path.Clean`: as `normalize`, but no slash stays at the end. */
export const cleanPath = (path: string): string => {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** Go's `filepath.Join`: empty parts count for nothing, and nothing joined is empty. */
export const joinPath = (...parts: string[]): string => {
  const given = parts.filter((part) => part !== '')
  return given.length === 0 ? '' : cleanPath(given.join('/'))
}
