import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isSystemError } from '@container-compose/core'

/**
 * The credentials that Docker's configuration keeps for the registry of an image; undefined when there are none.
 * Credential helpers are not asked: the engine's own puller reads them.
 */
export const registryAuth = async (
  reference: string,
  configFolder = join(homedir(), '.docker'),
): Promise<Record<string, string> | undefined> => {
  let config: { auths?: Record<string, { auth?: string; identitytoken?: string }> }
  try {
    config = JSON.parse(await readFile(join(configFolder, 'config.json'), 'utf8'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
  const registry = registryOf(reference)
  const known = Object.entries(config.auths ?? {}).find(([address]) => hostOf(address) === registry)
  const { auth, identitytoken } = known?.[1] ?? {}
  if (known === undefined) return undefined
  const [username = '', ...password] = Buffer.from(auth ?? '', 'base64')
    .toString()
    .split(':')
  return {
    serveraddress: known[0],
    ...(identitytoken ? { identitytoken } : { username, password: password.join(':') }),
  }
}

/** `docker.io` unless the first part of the name can only be a host. */
const registryOf = (reference: string): string => {
  const [first = '', ...rest] = reference.split('/')
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io'
}

const hostOf = (address: string): string => {
  const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  return host === 'index.docker.io' ? 'docker.io' : host
}
