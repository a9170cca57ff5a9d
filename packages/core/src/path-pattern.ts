/** What a pattern of paths is made of. */
type Token =
  /** One character. */
  | { readonly kind: 'one'; readonly fits: (character: string) => boolean; readonly literal?: string }
  /** Any number of characters, slashes among them or not. */
  | { readonly kind: 'many'; readonly slashes: boolean }
  /** Any number of directories, each with its slash. */
  | { readonly kind: 'directories' }

/**
 * Compiles a pattern of moby's patternmatcher: `*` and `?` stop at slashes, `**` does not, `[…]`, `\` before what stands for itself.
 * The time that matching takes grows with the lengths of pattern and path alone: both may come from somebody who means harm, and
 * a regular expression with many stars would take for ever.
 *
 * @throws SyntaxError naming the pattern that is none
 */
export const pathPattern = (pattern: string): ((path: string) => boolean) => {
  const tokens = tokensOf(pattern)
  const text = longestText(tokens)
  // Nearly all paths are told apart by what they do not hold.
  return (path) => path.includes(text) && fits(tokens, path)
}

const tokensOf = (pattern: string): Token[] => {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at)
    const [directories] = /^\*\*\/?/.exec(rest) ?? []
    const [set, not = '', members = ''] = /^\[(\^?)((?:\\.|[^\]\\])+)\]/s.exec(rest) ?? []
    const [character = ''] = rest
    if (directories !== undefined) {
      at += directories.length
      tokens.push(at < pattern.length ? { kind: 'directories' } : { kind: 'many', slashes: true })
    } else if (character === '*') {
      at += 1
      tokens.push({ kind: 'many', slashes: false })
    } else if (character === '[') {
      if (set === undefined) throw noPattern(pattern)
      at += set.length
      const expression = new RegExp(`^[${not === '' ? '' : '^/'}${members.replace(/\[/g, '\\[')}]$`, 's')
      tokens.push({ kind: 'one', fits: (given) => expression.test(given) })
    } else if (character === '?') {
      at += 1
      tokens.push({ kind: 'one', fits: (given) => given !== '/' })
    } else {
      const literal = character === '\\' ? rest.charAt(1) : character
      if (literal === '') throw noPattern(pattern)
      at += character === '\\' ? 2 : 1
      tokens.push({ kind: 'one', fits: (given) => given === literal, literal })
    }
  }
  return tokens
}

const noPattern = (pattern: string) => new SyntaxError(`syntax error in pattern "${pattern}"`)

/** The longest run of characters that stand for themselves. */
const longestText = (tokens: readonly Token[]): string => {
  let longest = ''
  let text = ''
  for (const token of tokens) {
    text = token.kind === 'one' && token.literal !== undefined ? text + token.literal : ''
    if (text.length > longest.length) longest = text
  }
  return longest
}

/**
 * All ways through the tokens at once. A state is twice the number of the next token; odd within directories, whose slash is still
 * to come.
 */
const fits = (tokens: readonly Token[], path: string): boolean => {
  let states = new Set<number>()
  const enter = (into: Set<number>, first: number): void => {
    let token = first
    // What may be nothing at all is also passed over.
    for (; token < tokens.length && tokens[token]?.kind !== 'one'; token += 1) into.add(2 * token)
    into.add(2 * token)
  }
  enter(states, 0)
  for (const character of path) {
    const next = new Set<number>()
    for (const state of states) {
      const at = state >> 1
      const token = tokens[at]
      if (token === undefined) continue
      if (token.kind === 'one') {
        if (token.fits(character)) enter(next, at + 1)
      } else if (token.kind === 'many') {
        if (token.slashes || character !== '/') enter(next, at)
      } else {
        next.add(2 * at + 1)
        if (character === '/') enter(next, at + 1)
      }
    }
    if (next.size === 0) return false
    states = next
  }
  return states.has(2 * tokens.length)
}
