import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One question to both programs: files of a project, and the arguments that follow the program's name. */
export interface Case {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  /** `config --format json` when absent. */
  readonly args?: readonly string[]
  /** Added to `HOME`, `PATH` and `PWD`. */
  readonly env?: Readonly<Record<string, string>>
  /** Below the project's folder. */
  readonly cwd?: string
  readonly stdin?: string
  /** A folder that is there already: nothing is written. */
  readonly folder?: string
}

/** What a program answered, the scratch folder written as `{{BASE}}`. */
export interface Answer {
  readonly status: number
  readonly out: string
  /** Without warnings, times and the log lines that carry places and hints. */
  readonly error: string
  readonly warnings: readonly string[]
}

export const json: readonly string[] = ['config', '--format', 'json']
export const yaml: readonly string[] = ['config']

/** Stands for the scratch folder in files, arguments and answers. */
export const baseMark = '{{BASE}}'

/** Where a case's project lies below the scratch folder; its name is the project's. */
export const projectFolder = 'x/y/proj'

/** Writes a case's files and gives the folder in which its command runs. */
export const layOut = ({ files, cwd = '.', folder: given }: Case, base: string): string => {
  if (given !== undefined) return given
  const project = join(base, projectFolder)
  mkdirSync(project, { recursive: true })
  for (const [path, text] of Object.entries(files)) {
    const file = join(project, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text.replaceAll(baseMark, base))
  }
  const folder = join(project, cwd)
  mkdirSync(folder, { recursive: true })
  return folder
}

export const environmentOf = ({ env = {} }: Case, folder: string, base: string): Record<string, string> => {
  const environment: Record<string, string> = { HOME: '/home/user', PATH: '/usr/bin:/bin', PWD: folder }
  for (const [name, value] of Object.entries(env)) environment[name] = value.replaceAll(baseMark, base)
  return environment
}

/** Takes what a program wrote apart. */
export const readAnswer = (
  { status, out, err }: { readonly status: number; readonly out: string; readonly err: string },
  base: string,
): Answer => {
  const warnings: string[] = []
  const rest: string[] = []
  for (const line of err.replaceAll(base, baseMark).split('\n')) {
    const logged = /^time="[^"]*" level=(\w+) msg=("(?:[^"\\]|\\.)*"|\S+)/.exec(line)
    if (logged === null) rest.push(line)
    else if (logged[1] !== 'error') warnings.push(unquoted(logged[2] as string))
  }
  return {
    status,
    out: out.replaceAll(base, baseMark),
    error: rest.join('\n').trim(),
    warnings: warnings.sort(),
  }
}

const unquoted = (text: string): string => {
  try {
    return JSON.parse(text) as string
  } catch {
    return text
  }
}
