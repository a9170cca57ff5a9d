import type { Read } from './result.ts'

const invalid = { problem: 'invalid command line string' } as const

/**
 * Splits a command line into words by the rules of the reference: quotes and backslashes as in a shell, nothing is replaced,
 * and the line ends at an operator of the shell (`;`, `&`, `|`, `<`, `>`).
 */
export const splitWords = (line: string): Read<string[]> => {
  const words: string[] = []
  let word = ''
  let started = false
  let escaped = false
  let single = false
  let double = false
  let back = false
  let dollar = false
  for (const character of line) {
    if (escaped) {
      word += character
      escaped = false
      started = true
      continue
    }
    if (character === '\\') {
      if (single) word += character
      else escaped = true
      continue
    }
    const quoted = single || double || back || dollar
    if (character === ' ' || character === '\t' || character === '\r' || character === '\n') {
      if (quoted) word += character
      else if (started) {
        words.push(word)
        word = ''
        started = false
      }
      continue
    }
    if (character === '`' && !single && !double && !dollar) back = !back
    else if (character === ')' && !single && !double && !back) dollar = !dollar
    else if (character === '(' && !single && !double && !back) {
      if (dollar || !word.endsWith('$')) return invalid
      dollar = true
      word += '('
      continue
    } else if (character === '"' && !single && !dollar) {
      if (double) started = true
      double = !double
      continue
    } else if (character === "'" && !double && !dollar) {
      if (single) started = true
      single = !single
      continue
    } else if (';&|<>'.includes(character) && !quoted) {
      // `2>` belongs to the redirection.
      if (character === '>' && /^[0-9]/.test(word)) started = false
      break
    }
    started = true
    word += character
  }
  if (started) words.push(word)
  return escaped || single || double || back || dollar ? invalid : { value: words }
}
