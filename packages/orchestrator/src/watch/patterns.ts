/**
 * Patterns of a `.dockerignore` file, or of `ignore` and `include` of a watch rule: `*` and `?` stop at slashes, `**` does not, a
 * pattern also takes all that is below what it names, the last one that fits decides, and `!` takes back. All paths are absolute.
 */
export class Patterns {
  readonly #root: string
  readonly #patterns: readonly Pattern[]

  /** `root` is the directory that the patterns are relative to; a slash before a pattern means the same directory. */
  constructor(root: string, lines: readonly string[]) {
    this.#root = root
    this.#patterns = lines.map((line) => parse(root, line)).filter((pattern) => pattern !== undefined)
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0
  }

  matches(path: string): boolean {
    const relative = relativeTo(this.#root, path)
    if (relative === undefined) return false
    let matched = false
    for (const { negative, expression } of this.#patterns)
      if (matched === negative && fits(expression, relative)) matched = !negative
    return matched
  }

  /** Nothing below the directory can be taken back: it needs not be looked into. */
  covers(directory: string): boolean {
    if (!this.matches(directory)) return false
    const relative = directory === this.#root ? '' : (relativeTo(this.#root, directory) ?? '')
    return !this.#patterns.some(
      ({ negative, fixed }) => negative && (isWithin(fixed, relative) || isWithin(relative, fixed)),
    )
  }
}

/** Of relative paths; the root is empty. */
const isWithin = (path: string, directory: string): boolean =>
  directory === '' || `${path}/`.startsWith(`${directory}/`)

interface Pattern {
  readonly negative: boolean
  readonly expression: RegExp
  /** What stands before the first wildcard, in whole parts: where the pattern can fit at all. */
  readonly fixed: string
}

const parse = (root: string, line: string): Pattern | undefined => {
  const trimmed = line.trim()
  const negative = trimmed.startsWith('!')
  const text = clean(root, negative ? trimmed.slice(1).trim() : trimmed)
  if (text === '') return undefined
  const parts = text.split('/')
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part))
  return {
    negative,
    expression: expressionOf(text),
    fixed: (wild < 0 ? parts : parts.slice(0, wild)).join('/'),
  }
}

const clean = (root: string, text: string): string => {
  const below = text.startsWith(`${root}/`) ? text.slice(root.length) : text
  const parts: string[] = []
  for (const part of below.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && parts.length > 0) parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

/** Undefined outside of the root; the root itself is `.`. */
const relativeTo = (root: string, path: string): string | undefined => {
  if (path === root) return '.'
  const start = root === '/' ? '/' : `${root}/`
  return path.startsWith(start) ? path.slice(start.length) : undefined
}

/** The path or one of the directories that it is in. */
const fits = (expression: RegExp, relative: string): boolean => {
  if (expression.test(relative)) return true
  for (let slash = relative.lastIndexOf('/'); slash > 0; slash = relative.lastIndexOf('/', slash - 1))
    if (expression.test(relative.slice(0, slash))) return true
  return false
}

const expressionOf = (text: string): RegExp => {
  let source = ''
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (text.startsWith('**', at)) {
      at += 1
      if (text.charAt(at + 1) === '/') {
        at += 1
        source += '(?:.*/)?'
      } else source += '.*'
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '[' && text.indexOf(']', at + 2) > 0) {
      const end = text.indexOf(']', at + 2)
      source += `[${text.slice(at + 1, end).replace(/[\\[]/g, '\\$&')}]`
      at = end
    } else {
      if (character === '\\' && at + 1 < text.length) at += 1
      source += text.charAt(at).replace(/[.+*?^${}()|[\]\\/]/g, '\\$&')
    }
  }
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    return /$^/
  }
}
