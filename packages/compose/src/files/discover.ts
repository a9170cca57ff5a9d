import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '@container-compose/core'
import type { Report } from '../report.ts'

const fileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * The files of `COMPOSE_FILE`, absolute.
 *
 * @throws UserError `FILE_MISSING`
 */
export const filesOfVariable = (value: string, separator: string, cwd: string): string[] =>
  value.split(separator).map((file) => {
    if (file === '-') return file
    const path = resolve(cwd, file)
    if (!existsSync(path))
      throw new UserError('FILE_MISSING', `stat ${path}: no such file or directory`, {
        hint: 'COMPOSE_FILE names it',
      })
    return path
  })

/** The project's file in a folder or the nearest one above, and its override file; empty when there is none. */
export const searchFiles = (from: string, report: Report): string[] => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = present(folder, fileNames)
    const [file] = found
    if (file !== undefined) {
      warnOfSeveral('config', found, report)
      const overrides = present(folder, overrideNames)
      warnOfSeveral('override', overrides, report)
      return [file, ...overrides.slice(0, 1)]
    }
    if (dirname(folder) === folder) return []
  }
}

const present = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => join(folder, name)).filter((path) => statSync(path, { throwIfNoEntry: false }))

const warnOfSeveral = (kind: string, found: readonly string[], report: Report): void => {
  if (found.length < 2) return
  report.warn('SEVERAL_FILES', `Found multiple ${kind} files with supported names: ${found.join(', ')}`)
  report.warn('SEVERAL_FILES', `Using ${found[0]}`)
}
