import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const productVersion = '0.1.0'

/**
 * Tells one build of the program from another: a CLI asks an engine of another build to hand over. Cheap on purpose (it is asked
 * at every command): size and time of the file that this code runs from.
 */
export const buildId = (): string => {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.url))
  return `${productVersion}+${size.toString(36)}.${Math.round(mtimeMs).toString(36)}`
}
