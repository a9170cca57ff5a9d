import { formatLocation, type SourceLocation, UserError, UserErrors } from '@container-compose/core'

export interface ErrorStyle {
  readonly colours: boolean
  /** One JSON object per error, as `--progress json` wants. */
  readonly json: boolean
  /** Paths below it are shown relative to it. */
  readonly cwd: string
}

/**
 * What stderr says about a failure: message, place, cause and hint of a UserError; the stack, with a request to report it,
 * of anything else.
 */
export const renderError = (error: unknown, style: ErrorStyle): string => {
  if (error instanceof UserErrors)
    return error.errors.map((each) => renderError(each, style)).join(style.json ? '' : '\n')
  if (style.json) return `${JSON.stringify({ error: true, message: messageOf(error), ...codeOf(error) })}\n`
  if (error instanceof UserError) return renderUserError(error, style)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${paint(style, 31, 'error')}: this is a fault of container-compose, please report it\n${stack}\n`
}

const renderUserError = (error: UserError, style: ErrorStyle): string =>
  [
    `${paint(style, 31, 'error')}: ${error.message} [${error.code}]`,
    ...error.at.flatMap((location) => place(location, style)),
    ...causes(error).map((cause) => `  because: ${cause}`),
    ...(error.hint === undefined ? [] : [`  ${paint(style, 36, 'hint')}: ${error.hint}`]),
    '',
  ].join('\n')

const place = (location: SourceLocation, style: ErrorStyle): string[] => {
  const file = location.file.startsWith(`${style.cwd}/`)
    ? location.file.slice(style.cwd.length + 1)
    : location.file
  const at = `  at ${formatLocation({ ...location, file })}`
  if (location.excerpt === undefined) return [at]
  // A tab keeps its width when the caret's line begins with the same tabs.
  const indent = location.excerpt.slice(0, location.column - 1).replace(/[^\t]/g, ' ')
  return [at, `    ${location.excerpt}`, `    ${indent}${paint(style, 31, '^')}`]
}

const causes = (error: Error): string[] => {
  const { cause } = error
  if (cause === undefined) return []
  return cause instanceof Error ? [cause.message, ...causes(cause)] : [String(cause)]
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const codeOf = (error: unknown) => (error instanceof UserError ? { code: error.code } : {})

const paint = ({ colours }: ErrorStyle, colour: number, text: string): string =>
  colours ? `\x1b[${colour};1m${text}\x1b[0m` : text
