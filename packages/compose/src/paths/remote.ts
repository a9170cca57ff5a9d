import { UserError } from '@container-compose/core'

const remote = /^(oci:|git:\/\/|ssh:\/\/|github\.com\/|[\w.-]+@[\w.-]+:)|^https?:\/\/.*\.git([#?].*)?$/

/**
 * Refuses what the reference would fetch from elsewhere.
 *
 * @throws UserError `REMOTE_FILE`
 */
export const refuseRemote = (file: string): void => {
  if (!remote.test(file)) return
  throw new UserError('REMOTE_FILE', `remote resource ${file} is not supported`, {
    hint: 'fetch it and name the local copy',
  })
}
