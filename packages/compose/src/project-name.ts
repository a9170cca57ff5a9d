import { UserError } from '@container-compose/core'
import { goQuote } from './tree/go-text.ts'

/** What a text becomes as a project name: lower case, without what names can't hold. May be empty. */
export const normalizeProjectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')

/**
 * A project name that was given, unchanged.
 *
 * @throws UserError `PROJECT_NAME`
 */
export const checkProjectName = (name: string): string => {
  const normal = normalizeProjectName(name)
  if (normal === name) return name
  throw new UserError(
    'PROJECT_NAME',
    `invalid project name ${goQuote(name)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
    { hint: normal === '' ? undefined : `${normal} would do` },
  )
}
