import { readEnvironmentFiles } from '@container-compose/compose'

/** What `-e` entries mean: `K` alone takes the project's value, and is left out when there is none. */
export const environmentEntries = (
  entries: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): [name: string, value: string][] =>
  entries.flatMap((entry) => {
    const at = entry.indexOf('=')
    const name = at < 0 ? entry : entry.slice(0, at)
    const value = at < 0 ? environment[name] : entry.slice(at + 1)
    return value === undefined ? [] : [[name, value] as [string, string]]
  })

/** The variables of `--env-from-file`, and of `-e`, which win. @throws UserError `ENV_FILE…` */
export const environmentOf = (
  { files, entries }: { readonly files: readonly string[]; readonly entries: readonly string[] },
  environment: Readonly<Record<string, string | undefined>>,
  warn: (message: string) => void,
): Record<string, string> => ({
  ...Object.fromEntries(
    readEnvironmentFiles(
      files,
      (name) => environment[name],
      ({ message }) => warn(message),
    ),
  ),
  ...Object.fromEntries(environmentEntries(entries, environment)),
})
