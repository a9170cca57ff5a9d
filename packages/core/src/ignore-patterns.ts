import { pathPattern } from './path-pattern.ts'

/** Patterns of a `.dockerignore` (moby's patternmatcher): which paths of a tree are left out. */
export interface IgnorePatterns {
  /** Whether the path (relative, with slashes, no `./`) is left out. The last pattern that fits it, or a directory above it, counts. */
  ignores(path: string): boolean
  /** Whether everything below a directory that is left out is left out too, so that nobody needs to look into it. */
  ignoresAllBelow(directory: string): boolean
}

interface Pattern {
  readonly text: string
  readonly matches: (path: string) => boolean
  readonly isException: boolean
}

/**
 * Reads the text of a `.dockerignore`: one pattern a line, `#` comments, `!` exceptions, `*`, `?`, `[…]`, `**`; a leading and a
 * trailing slash say nothing.
 *
 * @throws SyntaxError naming the pattern that is none
 */
export const parseIgnoreFile = (text: string): string[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const isException = line.startsWith('!')
      const pattern = clean(isException ? line.slice(1).trim() : line)
      return `${isException ? '!' : ''}${pattern.length > 1 ? pattern.replace(/^\//, '') : pattern}`
    })

/** @throws SyntaxError naming the pattern that is none */
export const ignorePatterns = (patterns: readonly string[]): IgnorePatterns => {
  const compiled = patterns.filter((pattern) => pattern.trim() !== '').map(compile)
  const exceptions = compiled.filter(({ isException }) => isException)
  const fitAbove = fitsOfDirectories(compiled)
  const ignores = (path: string): boolean => {
    const above = fitAbove(path)
    let ignored = false
    for (const [index, { matches, isException }] of compiled.entries()) {
      // Only what would change the answer is looked at.
      if (isException !== ignored) continue
      if (above[index] === true || matches(path)) ignored = !isException
    }
    return ignored
  }
  return {
    ignores,
    ignoresAllBelow: (directory) =>
      ignores(directory) && !exceptions.some(({ text }) => mayMatchBelow(text, directory)),
  }
}

/**
 * Which patterns fit a directory above the path. What was found for one directory is kept for the next path, which mostly lies in
 * the same: whole trees are asked about, file by file.
 */
const fitsOfDirectories = (patterns: readonly Pattern[]): ((path: string) => readonly boolean[]) => {
  let last: { readonly directory: string; readonly fits: readonly boolean[] } | undefined
  const fitsAbove = (path: string): readonly boolean[] => {
    const slash = path.lastIndexOf('/')
    if (slash < 0) return []
    const directory = path.slice(0, slash)
    if (last?.directory === directory) return last.fits
    const above = fitsAbove(directory)
    const fits = patterns.map(({ matches }, index) => above[index] === true || matches(directory))
    last = { directory, fits }
    return fits
  }
  return fitsAbove
}

const compile = (given: string): Pattern => {
  const isException = given.startsWith('!')
  const text = clean(isException ? given.slice(1) : given).replace(/^\/(?=.)/, '')
  if (isException && text === '.') throw new SyntaxError('illegal exclusion pattern: "!"')
  return { text, isException, matches: pathPattern(text) }
}

/** Go's filepath.Clean: no empty, `.` or `..` parts, no slash at the end. */
const clean = (path: string): string => {
  const isAbsolute = path.startsWith('/')
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop()
    else if (part !== '..' || !isAbsolute) parts.push(part)
  }
  return `${isAbsolute ? '/' : ''}${parts.join('/')}` || (isAbsolute ? '/' : '.')
}

/** Whether an exception could name something below the directory: by its own beginning, or by any with a wildcard in it. */
const mayMatchBelow = (pattern: string, directory: string): boolean => {
  const [literal = ''] = /^[^*?[\\]*/.exec(pattern) ?? []
  return (
    `${pattern}/`.startsWith(`${directory}/`) ||
    (literal !== pattern && `${directory}/`.startsWith(literal.replace(/[^/]*$/, '')))
  )
}
