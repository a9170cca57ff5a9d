import { readFileSync, statSync } from 'node:fs'
import { isSystemError } from '@container-compose/core'
import { unsetVariable } from '../interpolate/interpolate.ts'
import { InvalidTemplate, type Lookup, MissingVariable } from '../interpolate/template.ts'
import { Source } from '../parse/source.ts'
import type { Report } from '../report.ts'
import { goQuote } from '../tree/go-text.ts'
import { DotenvError, parseDotenv } from './dotenv.ts'

/**
 * The variables of env files, later ones winning; values may use what `lookup` and earlier files give. Faults go to the
 * report, and end the reading.
 */
export const readEnvFiles = (
  files: readonly string[],
  lookup: Lookup,
  report: Report,
): Map<string, string> => {
  const variables = new Map<string, string>()
  for (const file of files) {
    const text = readEnvFile(file, report)
    if (text === undefined) break
    const known = (name: string): string | undefined => lookup(name) ?? variables.get(name)
    if (!parseInto(file, text, variables, known, `failed to read ${file}: `, report)) break
  }
  return variables
}

const readEnvFile = (file: string, report: Report): string | undefined => {
  try {
    if (statSync(file).isDirectory()) {
      report.fault('ENV_FILE', `${file} is a directory`)
      return undefined
    }
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) report.fault('ENV_FILE_MISSING', `couldn't find env file: ${file}`)
    else report.fault('ENV_FILE', systemMessage(error), { cause: error })
    return undefined
  }
}

/** A system error in Go's words: `open /x: permission denied`. */
export const systemMessage = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const { code, path = '', syscall = 'open' } = error as NodeJS.ErrnoException
  const words = code === undefined ? undefined : systemWords[code]
  return words === undefined ? error.message : `${syscall} ${path}: ${words}`
}

const systemWords: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
}

/** Reads `NAME=value` lines; false when the text is faulty, which is reported with `prefix` before it. */
export const parseInto = (
  file: string,
  text: string,
  variables: Map<string, string>,
  lookup: Lookup,
  prefix: string,
  report: Report,
): boolean => {
  try {
    parseDotenv(text, variables, {
      lookup,
      onUnset: (name) => report.warn('UNSET_VARIABLE', unsetVariable(name)),
    })
    return true
  } catch (error) {
    if (error instanceof DotenvError)
      report.fault('ENV_FILE_SYNTAX', `${prefix}${error.message}`, {
        at: new Source(file, text).locate(offsetOfLine(text, error.line)),
      })
    else if (error instanceof InvalidTemplate)
      report.fault('ENV_FILE_SYNTAX', `${prefix}Invalid template: ${goQuote(error.template)}`)
    else if (error instanceof MissingVariable) report.fault('REQUIRED_VARIABLE', `${prefix}${error.message}`)
    else throw error
    return false
  }
}

const offsetOfLine = (text: string, line: number): number => {
  let offset = 0
  for (let count = 1; count < line; count += 1) {
    const end = text.indexOf('\n', offset)
    if (end < 0) break
    offset = end + 1
  }
  return offset
}
