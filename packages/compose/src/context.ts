import type { Stages } from './options.ts'
import type { YamlNode } from './parse/node.ts'
import type { ParsedFile } from './parse/read-document.ts'
import type { Report } from './report.ts'
import type { Dict } from './tree/value.ts'

/** What loading a file needs to know, and what all files of a run share. */
export interface LoadContext {
  readonly report: Report
  readonly stages: Stages
  /** What interpolation sees. An included file may see more. */
  readonly environment: Readonly<Record<string, string>>
  /** What relative paths in the files are relative to; relative itself to the including file's in an included one. */
  readonly workingDirectory: string
  /** Where other files are looked for; absolute unless an include says otherwise. */
  readonly fileDirectory: string
  /** The process's own folder and home. */
  readonly cwd: string
  readonly home: string | undefined
  /** Files that led here by include, outermost first. */
  readonly included: readonly string[]
  readonly shared: SharedState
}

export interface SharedState {
  /** @throws UserError when the file can't be read */
  read(file: string): ParsedFile
  /** Services of files that are extended, by file and folder: a file may be extended a thousand times. */
  readonly extendedFiles: Map<string, ExtendedFile>
  /** How many files may still be loaded: they can include each other without being a cycle. */
  filesLeft: number
}

export interface ExtendedFile {
  readonly services: Dict
  readonly resets: readonly (readonly string[])[]
}

/** A document of a file, decoded and interpolated, with the places that it wants forgotten. */
export interface LoadedDocument {
  readonly file: string
  readonly root: Dict
  readonly node: YamlNode
  readonly resets: readonly (readonly string[])[]
  /** False when a variable could not be replaced: names of files and services may still hold it. */
  readonly isInterpolated: boolean
}
