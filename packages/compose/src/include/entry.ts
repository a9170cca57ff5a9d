import { Binder, decodingFailed, type Shape } from '../bind/binder.ts'
import { struct, text } from '../bind/shapes.ts'
import { goType } from '../tree/go-text.ts'
import { isList, type Value } from '../tree/value.ts'

/** What an entry of `include` asks for. */
export interface Included {
  readonly paths: readonly string[]
  readonly projectDirectory: string
  readonly envFiles: readonly string[]
}

const stringList: Shape<readonly string[]> = (value, binder) => {
  if (value === null) return undefined
  if (typeof value === 'string') return [value]
  if (isList(value) && value.every((item) => typeof item === 'string')) return value as readonly string[]
  return binder.fault(`invalid type ${goType(value)} for string list`)
}

const longForm: Shape<{
  path?: readonly string[]
  project_directory?: string
  env_file?: readonly string[]
}> = struct({ path: stringList, project_directory: text, env_file: stringList }, { extensible: false })

/** What an entry says, or what is wrong with it. */
export const readEntry = (entry: Value, index: number): Included | { readonly problem: string } => {
  if (typeof entry === 'string') return { paths: [entry], projectDirectory: '', envFiles: [] }
  const problems: string[] = []
  const binder = new Binder({ fault: (_, message) => problems.push(message) })
  const read = binder.entry(index, entry, longForm)
  if (problems.length > 0) return { problem: decodingFailed(problems) }
  const { path = [], project_directory = '', env_file = [] } = read ?? {}
  return { paths: path, projectDirectory: project_directory, envFiles: env_file }
}
