import { badParameter } from '../../api/errors.ts'

/** A tree of a Git repository, as a build names it. */
export interface GitContext {
  readonly repository: string
  /** A branch, a tag, a full name of a reference or a commit; undefined: what the repository's HEAD is. */
  readonly reference: string | undefined
  /** Below the tree's root, without slashes at the ends; empty: the root. */
  readonly directory: string
}

const protocols = /^(https?|git|ssh):\/\/[^\s]+$/
const scp = /^[\w.-]+@[\w.-]+:[^\s]+$/

/**
 * Reads `https://host/repository.git#reference:directory` and the other forms that Docker takes for a repository.
 *
 * @throws ApiError 400 for other URLs: single files and archives are not fetched
 */
export const parseGitUrl = (url: string): GitContext => {
  const [address = '', fragment = ''] = url.split('#', 2)
  const repository = address.startsWith('github.com/') ? `https://${address}` : address
  const isHttp = /^https?:/.test(repository)
  if (!(protocols.test(repository) || scp.test(repository)) || (isHttp && !isRepository(repository)))
    throw badParameter(`build context ${url} is no Git repository: its address ends in .git`)
  const [reference = '', directory = ''] = fragment.split(':', 2)
  // Git would take a leading dash for an option, and a colon, a caret and the like for more than a name.
  if (reference !== '' && !/^\w(?:[\w/+-]|\.(?!\.))*$/.test(reference))
    throw badParameter(`build context ${url}: "${reference}" is no reference`)
  const parts = directory.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw badParameter(`build context ${url}: "${directory}" leads out of it`)
  return { repository, reference: reference === '' ? undefined : reference, directory: parts.join('/') }
}

const isRepository = (address: string): boolean => {
  const path = address.replace(/\?.*$/, '')
  return path.endsWith('.git') || /^https?:\/\/github\.com\/[^/]+\/[^/]+$/.test(path)
}
