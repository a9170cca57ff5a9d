import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '@container-compose/core'
import { readEnvFiles } from './env/env-files.ts'
import { filesOfVariable, searchFiles } from './files/discover.ts'
import type { LoadOptions } from './options.ts'
import { refuseRemote } from './paths/remote.ts'
import { checkProjectName } from './project-name.ts'
import type { Report } from './report.ts'
import { goQuote } from './tree/go-text.ts'

/** What is known of a project before its files are read. */
export interface Surroundings {
  readonly cwd: string
  readonly home: string | undefined
  readonly workingDirectory: string
  /** Absolute, or `-`. */
  readonly files: readonly string[]
  /** Explicit ones only. */
  readonly envFiles: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
  /** The name that was given by flag or variable. */
  readonly givenName: string | undefined
}

/**
 * Finds files, folder, variables and name, in the order in which the reference does: `.env` may name the files, and the
 * folder of the files may have another `.env`.
 *
 * @throws UserError or UserErrors
 */
export const resolveSurroundings = (options: LoadOptions, report: Report): Surroundings => {
  const processEnvironment = definedOnly(options.environment)
  const cwd = logicalFolder(options.cwd, processEnvironment['PWD'])
  const environment = definedOnly(processEnvironment)
  environment['PWD'] ??= cwd
  const given = options.envFiles?.length ? options.envFiles : envFilesOfVariable(processEnvironment)
  const explicit = given.map((file) => resolve(cwd, file))
  const givenFiles = options.files ?? []
  const folder = options.projectDirectory ? resolve(cwd, options.projectDirectory) : undefined
  const folderFor = (files: readonly string[]): string => folder ?? folderOfFiles(files, cwd)
  const readEnvironment = (files: readonly string[], { prefix = '' } = {}): void => {
    const envFiles = explicit.length > 0 ? explicit : defaultEnvFile(folderFor(files), environment)
    const variables = readEnvFiles(envFiles, (name) => environment[name], report)
    report.stopIfFailed()
    for (const [name, value] of variables) if (name.startsWith(prefix)) environment[name] ??= value
  }

  // Compose's own variables first: they may say that the file is not to be read.
  readEnvironment(givenFiles, { prefix: 'COMPOSE_' })
  readEnvironment(givenFiles)
  let files = givenFiles.map((file) => (file === '-' ? file : resolveFile(file, cwd)))
  const variable = environment['COMPOSE_FILE']
  if (files.length === 0 && variable !== undefined)
    files = filesOfVariable(variable, environment['COMPOSE_PATH_SEPARATOR'] || ':', cwd)
  if (files.length === 0) files = searchFiles(folderFor(files), report)
  readEnvironment(files)

  const profiles = options.profiles?.length
    ? options.profiles
    : (environment['COMPOSE_PROFILES'] ?? '').split(',').map((profile) => profile.trim())
  const givenName = checkProjectName(options.projectName ?? '') || environment['COMPOSE_PROJECT_NAME']
  if (files.length === 0)
    throw new UserError('NO_PROJECT', 'no configuration file provided: not found', {
      hint: 'name one with -f, or go to the folder of a compose.yaml',
    })
  return {
    cwd,
    home: processEnvironment['HOME'],
    workingDirectory: folderFor(files),
    files,
    envFiles: explicit,
    environment,
    profiles,
    givenName: givenName ? checkProjectName(givenName) : undefined,
  }
}

const definedOnly = (record: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const defined: Record<string, string> = Object.create(null)
  for (const name of Object.keys(record)) {
    const value = record[name]
    if (value !== undefined) defined[name] = value
  }
  return defined
}

/** `PWD` if it is the same folder: it keeps the links by which one came there. */
const logicalFolder = (cwd: string, pwd: string | undefined): string => {
  if (pwd === undefined || !pwd.startsWith('/') || pwd === cwd) return cwd
  const there = statSync(pwd, { throwIfNoEntry: false })
  const here = statSync(cwd, { throwIfNoEntry: false })
  return there !== undefined && there.ino === here?.ino && there.dev === here.dev ? pwd : cwd
}

const envFilesOfVariable = (environment: Readonly<Record<string, string>>): string[] =>
  (environment['COMPOSE_ENV_FILES'] ?? '').split(',').filter((file) => file !== '')

const resolveFile = (file: string, cwd: string): string => {
  refuseRemote(file)
  return resolve(cwd, file)
}

const folderOfFiles = (files: readonly string[], cwd: string): string => {
  const first = files.find((file) => file !== '-')
  return first === undefined ? cwd : dirname(resolve(cwd, first))
}

const defaultEnvFile = (folder: string, environment: Readonly<Record<string, string>>): string[] => {
  const disabled = environment['COMPOSE_DISABLE_ENV_FILE']
  if (disabled !== undefined && readBoolean(disabled)) return []
  const file = join(folder, '.env')
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === false ? [file] : []
}

const readBoolean = (text: string): boolean => {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  if (/^(0|f|F|FALSE|false|False)$/.test(text)) return false
  throw new UserError('INVALID_VARIABLE', `strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`, {
    hint: 'COMPOSE_DISABLE_ENV_FILE is true or false',
  })
}

/** The name that a project has from its folder; warns if the folder is a link to one of another name. */
export const folderName = (folder: string, report: Report): string => {
  const name = basename(folder)
  const real = realPath(folder)
  if (real !== undefined && basename(real) !== name)
    report.warn(
      'SYMLINK_NAME',
      `project has been loaded without an explicit name from a symlink. Using name ${goQuote(name)}`,
    )
  return name
}

const realPath = (folder: string): string | undefined => {
  try {
    return realpathSync(folder)
  } catch {
    return undefined
  }
}
