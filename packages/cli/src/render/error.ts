import {
  formatLocation,
  messageOf,
  type SourceLocation,
  UserError,
  UserErrors,
} from '@container-compose/core'

export interface ErrorStyle {
  readonly colours: boolean
  /** One JSON object per error, as `--progress json` wants. */
  readonly json: boolean
  /** Paths below it are shown relative to it. */
  readonly cwd: string
  /**
   * The time, where stderr is no terminal: there the message stands alone on its lines, as scripts know it from Docker
   * Compose, and what we add is a log line before it, as warnings are.
   */
  readonly logTime?: string | undefined
}

/**
 * What stderr says about a failure: message, place, cause and hint of a UserError; the stack, with a request to report it,
 * of anything else.
 */
export const renderError = (error: unknown, style: ErrorStyle): string => {
  if (error instanceof UserErrors) {
    const separator = style.json || style.logTime !== undefined ? '' : '\n'
    return error.errors.map((each) => renderError(each, style)).join(separator)
  }
  if (style.json) return `${JSON.stringify({ error: true, message: messageOf(error), ...codeOf(error) })}\n`
  if (error instanceof UserError)
    return style.logTime === undefined
      ? renderUserError(error, style)
      : renderLogged(error, style, style.logTime)
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

const renderLogged = (error: UserError, style: ErrorStyle, time: string): string => {
  const places = error.at.map((location) => ` at ${formatLocation(shown(location, style))}`).join('')
  const fields = [
    ...error.at.flatMap(({ excerpt }) =>
      excerpt === undefined ? [] : [`excerpt=${JSON.stringify(excerpt)}`],
    ),
    ...causes(error).map((cause) => `cause=${JSON.stringify(cause)}`),
    ...(error.hint === undefined ? [] : [`hint=${JSON.stringify(error.hint)}`]),
  ]
  const log = [
    `time="${time}"`,
    'level=error',
    `msg=${JSON.stringify(`[${error.code}]${places}`)}`,
    ...fields,
  ]
  return `${log.join(' ')}\n${error.message}\n`
}

const shown = (location: SourceLocation, { cwd }: ErrorStyle): SourceLocation =>
  location.file.startsWith(`${cwd}/`) ? { ...location, file: location.file.slice(cwd.length + 1) } : location

const place = (location: SourceLocation, style: ErrorStyle): string[] => {
  const at = `  at ${formatLocation(shown(location, style))}`
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

const codeOf = (error: unknown) => (error instanceof UserError ? { code: error.code } : {})

const paint = ({ colours }: ErrorStyle, colour: number, text: string): string =>
  colours ? `\x1b[${colour};1m${text}\x1b[0m` : text
