import type { RegistryAuth } from '../images/images.ts'

/**
 * Reads `X-Registry-Auth`: JSON in base64, either alphabet. What can't be read counts as none, as in dockerd, because clients send
 * all kinds of emptiness.
 */
export const registryAuth = (header: string | string[] | undefined): RegistryAuth | undefined => {
  if (typeof header !== 'string' || header === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(header, 'base64url').toString())
  } catch {
    return undefined
  }
  return readAuth(value)
}

/** Reads `X-Registry-Config`: credentials by registry. What can't be read counts as none. */
export const registryConfig = (header: string | string[] | undefined): Record<string, RegistryAuth> => {
  if (typeof header !== 'string' || header === '') return {}
  try {
    const value: unknown = JSON.parse(Buffer.from(header, 'base64url').toString())
    return Object.fromEntries(
      Object.entries(value ?? {}).flatMap(([registry, entry]) => {
        const auth = readAuth(entry)
        return auth === undefined ? [] : [[registry, auth]]
      }),
    )
  } catch {
    return {}
  }
}

const readAuth = (value: unknown): RegistryAuth | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const known = ['username', 'password', 'identitytoken', 'serveraddress'] as const
  const given = value as Record<string, unknown>
  const auth = Object.fromEntries(
    known.flatMap((name) => {
      const text = given[name]
      return typeof text === 'string' && text !== '' ? [[name, text]] : []
    }),
  )
  return Object.keys(auth).length === 0 ? undefined : auth
}
