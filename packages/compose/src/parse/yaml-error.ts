/**
 * A text that is no YAML. `message` is in the words of Go's yaml.v3, line included; `offset` is where the fault is, which
 * is not always the line that these words name.
 */
export class YamlError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** A place of the scanner: the offset in the text, and its line and column, both from 0. */
export interface Mark {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/** A fault in the text of a token. The line named is that where the token began, unless that is the first. */
export const scannerError = (problem: string, context: Mark, at: Mark): YamlError => {
  const line = context.line !== 0 ? context.line + 1 : at.line !== 0 ? at.line + 1 : 0
  return new YamlError(`yaml: ${line === 0 ? '' : `line ${line}: `}${problem}`, at.offset)
}

/** A fault in the order of tokens. yaml.v3 counts these lines from 0, so that it names the line before. */
export const parserError = (problem: string, context: Mark | undefined, at: Mark): YamlError => {
  const line = context !== undefined && context.line !== 0 ? context.line : at.line
  return new YamlError(`yaml: ${line === 0 ? '' : `line ${line}: `}${problem}`, at.offset)
}
