import { readFileSync, statSync } from 'node:fs'
import { isSystemError } from '@container-compose/core'
import { type Upstream, upstreamsOfResolvConf } from '@container-compose/net'

let known: { readonly mtimeMs: number; readonly upstreams: readonly Upstream[] } | undefined

/** The host's own resolvers, read again when its file changes, as it does when a laptop moves. */
export const hostUpstreams = (): readonly Upstream[] => {
  try {
    const { mtimeMs } = statSync('/etc/resolv.conf')
    if (known?.mtimeMs !== mtimeMs)
      known = { mtimeMs, upstreams: upstreamsOfResolvConf(readFileSync('/etc/resolv.conf', 'utf8')) }
    return known.upstreams
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return []
    throw error
  }
}
