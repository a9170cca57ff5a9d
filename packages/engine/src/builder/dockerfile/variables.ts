import { badParameter } from '../../api/errors.ts'

/** Characters. Texts of variables that name each other grow without end, and these name images. */
const longest = 16 * 1024

/**
 * Replaces `$name`, `${name}`, `${name:-default}` and `${name:+other}` as a Dockerfile's FROM and flags do; unknown names become
 * nothing. A backslash, and single quotes, keep a dollar.
 *
 * @throws ApiError 400 when the text is, or becomes, too long
 */
export const expandVariables = (text: string, values: ReadonlyMap<string, string>): string => {
  let out = ''
  let quote = ''
  for (let at = 0; at < text.length; ) {
    if (Math.max(text.length, out.length) > longest)
      throw badParameter(`a value in the Dockerfile is longer than ${longest} characters`)
    const rest = text.slice(at)
    const character = rest[0] as string
    if (character === '\\' && rest.length > 1 && quote !== "'") {
      out += rest[1]
      at += 2
    } else if ((character === '"' || character === "'") && (quote === '' || quote === character)) {
      quote = quote === '' ? character : ''
      at += 1
    } else {
      const found = quote === "'" ? null : variable.exec(rest)
      out += found === null ? character : replacement(found, values)
      at += found === null ? 1 : found[0].length
    }
  }
  return out
}

const variable = /^\$(?:(\w+)|\{(\w+)(?:(:?[-+])((?:[^{}]|\$\{[^}]*\})*))?\})/

const replacement = (
  [, plain, braced, operator, word = '']: RegExpExecArray,
  values: ReadonlyMap<string, string>,
): string => {
  const value = values.get(plain ?? braced ?? '')
  if (operator === undefined) return value ?? ''
  const counts = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined
  if (operator.endsWith('-')) return counts ? (value as string) : expandVariables(word, values)
  return counts ? expandVariables(word, values) : ''
}
