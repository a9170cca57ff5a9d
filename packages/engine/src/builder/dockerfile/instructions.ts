import { ApiError, badParameter } from '../../api/errors.ts'

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** Upper case: `FROM`. */
  readonly keyword: string
  /** What follows, continuation lines joined, comments within left out. */
  readonly text: string
  /** Lines of the file, counted from 1. */
  readonly line: number
  readonly lastLine: number
  /** The lines after it that it takes as files (`<<EOF`), in their order. */
  readonly heredocs: readonly Heredoc[]
}

export interface Heredoc {
  readonly word: string
  /** `<<-`: tabs before lines say nothing. */
  readonly stripsTabs: boolean
  /** Variables in it are left alone. */
  readonly isQuoted: boolean
  /** The lines as they stand. */
  readonly raw: string
}

/** A Dockerfile that can't be built as it is. */
export class DockerfileError extends ApiError {
  /** To blame, counted from 1. */
  readonly line: number
  constructor(line: number, message: string, options?: ErrorOptions) {
    super(400, message, options)
    this.line = line
  }
}

export const dockerfileFault = (line: number, message: string): DockerfileError =>
  new DockerfileError(line, `dockerfile parse error on line ${line}: ${message}`)

/**
 * Splits a Dockerfile as Docker does: parser directives at the top, comments, continuation lines, here-documents.
 *
 * @throws DockerfileError
 */
export const parseInstructions = (text: string): Instruction[] => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const continuation = escapeOf(lines)
  const instructions: Instruction[] = []
  for (let at = 0; at < lines.length; ) {
    const first = at
    if (isBlank(lines[at]) || isComment(lines[at])) {
      at += 1
      continue
    }
    let whole = ''
    for (let goesOn = true; goesOn && at < lines.length; at += 1) {
      const line = lines[at] ?? ''
      // Comments and empty lines do not end an instruction that goes on.
      if (at > first && (isComment(line) || isBlank(line))) continue
      const ended = withoutContinuation(line, continuation)
      goesOn = ended !== undefined
      whole += ended ?? line
    }
    const trimmed = whole.trim()
    const [keyword = ''] = /^\S+/.exec(trimmed) ?? []
    const rest = trimmed.slice(keyword.length).trimStart()
    const heredocs: Heredoc[] = []
    for (const beginning of takesFiles.has(keyword.toUpperCase()) ? heredocsOf(rest) : []) {
      const { word, stripsTabs } = beginning
      const from = at
      const isEnd = (line: string): boolean => (stripsTabs ? line.replace(/^\t+/, '') : line) === word
      while (at < lines.length && !isEnd(lines[at] ?? '')) at += 1
      if (at >= lines.length) throw dockerfileFault(first + 1, `unterminated heredoc ${word}`)
      heredocs.push({
        ...beginning,
        raw: lines
          .slice(from, at)
          .map((line) => `${line}\n`)
          .join(''),
      })
      at += 1
    }
    if (instructions.length === mostInstructions)
      throw dockerfileFault(first + 1, `more than ${mostInstructions} instructions`)
    instructions.push({
      keyword: keyword.toUpperCase(),
      text: rest,
      line: first + 1,
      lastLine: at,
      heredocs,
    })
  }
  if (instructions.length === 0) throw badParameter('file with no instructions')
  return instructions
}

/** No image has that many layers. */
const mostInstructions = 10_000

const takesFiles = new Set(['RUN', 'COPY', 'ADD'])

const isBlank = (line = ''): boolean => line.trim() === ''
const isComment = (line = ''): boolean => /^\s*#/.test(line)

/** The line before its escape character, or undefined when it does not go on. */
const withoutContinuation = (line: string, continuation: string): string | undefined => {
  let end = line.length
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end -= 1
  return line[end - 1] === continuation ? line.slice(0, end - 1) : undefined
}

/** Directives are comments of the form `# name=value` before everything else. */
const escapeOf = (lines: readonly string[]): string => {
  for (const [index, line] of lines.entries()) {
    const [, name, given = ''] = /^\s*#\s*(\w+)\s*=(.*)$/.exec(line) ?? []
    if (name === undefined) return '\\'
    if (name.toLowerCase() !== 'escape') continue
    const value = given.trim()
    if (value !== '\\' && value !== '`')
      throw dockerfileFault(index + 1, `invalid ESCAPE '${value}'. Must be \` or \\`)
    return value
  }
  return '\\'
}

const heredocsOf = (text: string): Omit<Heredoc, 'raw'>[] =>
  [...text.matchAll(/(?:^|\s)\d*<<(-?)\s*(["']?)([A-Za-z_][\w.]*)\2(?=\s|$|[;&|>)])/g)].map(
    ([, dash, quote, word = '']) => ({ word, stripsTabs: dash === '-', isQuoted: quote !== '' }),
  )
