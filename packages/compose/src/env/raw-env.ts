import type { Lookup } from '../interpolate/template.ts'

/**
 * Reads an env file of format `raw`: a line is a name and its value as it stands, without quotes, comments behind values, or
 * variables. Gives what is wrong, if anything, in Docker's words.
 */
export const parseRawEnv = (
  text: string,
  variables: Map<string, string>,
  lookup: Lookup,
): string | undefined => {
  for (const raw of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const line = raw.trimStart()
    if (line === '' || line.startsWith('#')) continue
    const at = line.indexOf('=')
    const name = at < 0 ? line : line.slice(0, at)
    if (name === '') return `no variable name on line '${line}'`
    if (/[ \t]/.test(name)) return `variable '${name}' contains whitespaces`
    const value = at < 0 ? lookup(line) : line.slice(at + 1)
    if (value !== undefined) variables.set(name, value)
  }
  return undefined
}
