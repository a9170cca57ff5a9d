import { type IgnorePatterns, ignorePatterns, parseIgnoreFile } from '@container-compose/core'
import { badParameter } from '../../api/errors.ts'

/** Bytes. Every path of a context is held against every pattern. */
export const longestIgnoreFile = 256 * 1024

/** The patterns of a context's `.dockerignore`. @throws ApiError 400 for one that is none, or too long */
export const contextPatterns = (text: string): IgnorePatterns => {
  if (text.length > longestIgnoreFile) throw badParameter('.dockerignore is too long')
  try {
    return ignorePatterns(parseIgnoreFile(text))
  } catch (error) {
    if (error instanceof SyntaxError) throw badParameter(`.dockerignore: ${error.message}`)
    throw error
  }
}
