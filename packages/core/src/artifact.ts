import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'

/**
 * The absolute path of a compiled file of ours (`agent`, `native.node` …): beside the bundle, or in the `build` folder of the
 * package that makes it when the sources run.
 *
 * @throws UserError `NOT_BUILT` naming the command that builds it.
 */
export const artifactPath = (name: string): string => {
  const here = dirname(fileURLToPath(import.meta.url))
  const packages = join(here, '../..')
  const candidates = [here, join(packages, 'guest/build'), join(packages, 'native/build')].map((dir) =>
    join(dir, name),
  )
  const found = candidates.find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new UserError('NOT_BUILT', `${name} has not been built (looked for ${candidates.join(', ')})`, {
    hint: 'npm run build',
  })
}
