import { type IgnorePatterns, ignorePatterns } from '@container-compose/core'

/** Patterns of a `.dockerignore`, or of `ignore` and `include` of a watch rule, for absolute paths. */
export class Patterns {
  readonly isEmpty: boolean
  readonly #root: string
  readonly #patterns: IgnorePatterns

  /**
   * `root` is the directory that the patterns are relative to; a slash before a pattern means the same directory.
   *
   * @throws SyntaxError naming the pattern that is none
   */
  constructor(root: string, lines: readonly string[]) {
    const patterns = lines.map((line) => line.trim()).filter((line) => line !== '')
    this.isEmpty = patterns.length === 0
    this.#root = root
    this.#patterns = ignorePatterns(patterns.map((pattern) => belowRoot(root, pattern)))
  }

  matches(path: string): boolean {
    const relative = relativeTo(this.#root, path)
    return relative !== undefined && this.#patterns.ignores(relative)
  }

  /** Nothing below the directory can be taken back: it needs not be looked into. */
  covers(directory: string): boolean {
    const relative = relativeTo(this.#root, directory)
    return relative !== undefined && relative !== '.' && this.#patterns.ignoresAllBelow(relative)
  }
}

/** A pattern may also name what it means by its absolute path. */
const belowRoot = (root: string, pattern: string): string => {
  const isException = pattern.startsWith('!')
  const text = isException ? pattern.slice(1).trim() : pattern
  return `${isException ? '!' : ''}${text.startsWith(`${root}/`) ? text.slice(root.length + 1) : text}`
}

/** Undefined outside of the root; the root itself is `.`. */
const relativeTo = (root: string, path: string): string | undefined => {
  if (path === root) return '.'
  const start = root === '/' ? '/' : `${root}/`
  return path.startsWith(start) ? path.slice(start.length) : undefined
}
