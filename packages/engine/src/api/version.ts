/** The newest version of the Docker Engine API that is answered, and the oldest. */
export const apiVersion = '1.51'
export const minApiVersion = '1.24'

export interface RequestPath {
  /** Without the prefix of the version. */
  readonly path: string
  readonly query: URLSearchParams
  /** `1.41` of `/v1.41/info`; undefined without a prefix. */
  readonly version: string | undefined
}

export const parsePath = (url: string): RequestPath => {
  const mark = url.indexOf('?')
  const whole = mark < 0 ? url : url.slice(0, mark)
  const [prefix, version] = /^\/v(\d[\d.]*)(?=\/)/.exec(whole) ?? ['']
  // Clients that join paths carelessly send `//containers/json`.
  const path = whole.slice(prefix.length).replace(/^\/{2,}/, '/')
  return { path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), version }
}

/** True when `version` is `least` or newer. */
export const atLeast = (version: string, least: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** Why a version is not answered, in dockerd's words; undefined when it is. */
export const versionFault = (version: string): string | undefined => {
  if (!atLeast(version, minApiVersion))
    return `client version ${version} is too old. Minimum supported API version is ${minApiVersion}, please upgrade your client to a newer version`
  if (!atLeast(apiVersion, version))
    return `client version ${version} is too new. Maximum supported API version is ${apiVersion}`
  return undefined
}
