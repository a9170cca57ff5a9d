/** The value of a variable, undefined when it is not set. */
export type Lookup = (name: string) => string | undefined

/** A text that has a `$` which begins nothing. */
export class InvalidTemplate extends Error {
  readonly template: string

  constructor(template: string) {
    super(`Invalid template: ${template}`)
    this.template = template
  }
}

/** `${NAME:?reason}` of a variable that is not there. */
export class MissingVariable extends Error {
  constructor(name: string, reason: string) {
    super(`required variable ${name} is missing a value${reason === '' ? '' : `: ${reason}`}`)
  }
}

/** Defaults nested deeper are refused: nobody writes them, and they cost the square of their depth. */
const deepest = 200

// The reference's own expression: a default reaches greedily to the last brace of its line, and is cut afterwards.
export const variablePattern = (): RegExp =>
  /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?]([^\n]*))?)\}|()))/giu

const operators = [':?', '?', ':-', '-', ':+', '+'] as const
type Operator = (typeof operators)[number]

/**
 * Replaces the variables of a text. `onUnset` hears of each that is not set and has no default.
 *
 * @throws InvalidTemplate, MissingVariable
 */
export const substitute = (
  template: string,
  lookup: Lookup,
  onUnset: (name: string) => void,
  depth = 0,
): string => {
  if (!template.includes('$')) return template
  if (depth > deepest) throw new InvalidTemplate(template)
  return template.replace(variablePattern(), (match, escaped?: string, named?: string) => {
    if (escaped !== undefined) return '$'
    if (named !== undefined) return readVariable(named, lookup, onUnset)
    return substituteBraced(match, template, lookup, onUnset, depth)
  })
}

const readVariable = (name: string, lookup: Lookup, onUnset: (name: string) => void): string => {
  const value = lookup(name)
  if (value === undefined) onUnset(name)
  return value ?? ''
}

const substituteBraced = (
  match: string,
  template: string,
  lookup: Lookup,
  onUnset: (name: string) => void,
  depth: number,
): string => {
  const operator = firstOperator(match)
  const end = closingBrace(match)
  const rest = end < 0 ? '' : match.slice(end + 1)
  const body = bracedBody(end < 0 ? match : match.slice(0, end + 1))
  if (body === undefined) throw new InvalidTemplate(template)
  const at = operator === undefined ? -1 : body.indexOf(operator)
  if (operator === undefined || at < 0) return readVariable(body, lookup, onUnset)
  const name = body.slice(0, at)
  const operand = substitute(body.slice(at + operator.length), lookup, onUnset, depth + 1)
  return apply(operator, name, operand, lookup) + substitute(rest, lookup, onUnset, depth + 1)
}

const apply = (operator: Operator, name: string, operand: string, lookup: Lookup): string => {
  const value = lookup(name)
  const isThere = value !== undefined && (value !== '' || !operator.startsWith(':'))
  switch (operator) {
    case ':-':
    case '-':
      return isThere ? value : operand
    case ':+':
    case '+':
      return isThere ? operand : (value ?? '')
    default:
      if (isThere) return value
      throw new MissingVariable(name, operand)
  }
}

/** The operator that stands first. */
const firstOperator = (text: string): Operator | undefined => {
  let found: Operator | undefined
  let first = text.length
  for (const operator of operators) {
    const at = text.indexOf(operator)
    if (at >= 0 && at < first) {
      first = at
      found = operator
    }
  }
  return found
}

/** The brace that closes the first one, or -1. A character after an opening brace counts for nothing, as in the reference. */
export const closingBrace = (text: string): number => {
  let open = 0
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '}') {
      open -= 1
      if (open === 0) return at
    }
    if (character === '{') {
      open += 1
      at += 1
    }
  }
  return -1
}

/** What stands between the braces of `${…}`, undefined when it is no variable. */
const bracedBody = (text: string): string | undefined => {
  const [, , , body] = variablePattern().exec(text) ?? []
  return body === '' ? undefined : body
}
