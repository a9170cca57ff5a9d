import { readFileSync } from 'node:fs'

const read = (name: string): string => readFileSync(new URL(`texts/${name}`, import.meta.url), 'utf8')

/** The lines of a file, as they stand. */
export const rawLines = (name: string): string[] => read(`${name}.txt`).trimEnd().split('\n')

/** The texts of a file, one a line; those in double quotes are JSON, for what a line can't hold. */
export const lines = (name: string): string[] =>
  rawLines(name).map((line) => (line.startsWith('"') ? (JSON.parse(line) as string) : line))

/** Whole YAML documents by name. */
export const documents = (): Record<string, string> => JSON.parse(read('documents.json'))

export type Files = Readonly<Record<string, string>>

/** Projects of several files by name: `=== name` begins one, `--- path` a file of it. */
export const projects = (name: string): Map<string, Files> => {
  const found = new Map<string, Files>()
  for (const project of read(`${name}.txt`).split(/^=== /m).slice(1)) {
    const [title = '', ...files] = project.split(/^--- /m)
    const texts = files.map((file): [string, string] => {
      const end = file.indexOf('\n')
      return [file.slice(0, end), file.slice(end + 1)]
    })
    found.set(title.trim(), Object.fromEntries(texts))
  }
  return found
}
