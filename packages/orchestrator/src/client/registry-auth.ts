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
  const config = await readConfig(configFolder)
  const registry = registryOf(reference)
  const known = Object.entries(config?.auths ?? {}).find(([address]) => hostOf(address) === registry)
  return known === undefined ? undefined : credentials(...known)
}

interface StoredAuth {
  readonly auth?: string
  readonly identitytoken?: string
}

const readConfig = async (folder: string): Promise<{ auths?: Record<string, StoredAuth> } | undefined> => {
  try {
    return JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

const credentials = (serveraddress: string, { auth, identitytoken }: StoredAuth): Record<string, string> => {
  const [username = '', ...password] = Buffer.from(auth ?? '', 'base64')
    .toString()
    .split(':')
  return {
    serveraddress,
    ...(identitytoken ? { identitytoken } : { username, password: password.join(':') }),
  }
}

/** The credentials of all registries that Docker's configuration keeps, by their addresses. */
export const allRegistryAuths = async (
  configFolder = join(homedir(), '.docker'),
): Promise<Record<string, Record<string, string>>> => {
  const { auths = {} } = (await readConfig(configFolder)) ?? {}
  return Object.fromEntries(Object.entries(auths).map((entry) => [entry[0], credentials(...entry)]))
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
