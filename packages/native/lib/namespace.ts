import { checkString } from './arguments.ts'
import { binding } from './binding.ts'

/**
 * Makes a network namespace that lives as long as the file `path` (created, a bind mount) does. Its loopback is down.
 *
 * @throws SystemError `EEXIST` when the path exists, `EPERM` without CAP_SYS_ADMIN.
 */
export const createNetns = async (path: string): Promise<void> =>
  binding().createNetns(checkString('path', path))

/** Removes what `createNetns` made; processes and descriptors inside may keep the namespace itself alive. Idempotent. */
export const removeNetns = async (path: string): Promise<void> =>
  binding().removeNetns(checkString('path', path))

/**
 * Writes a kernel setting as seen from a network namespace.
 *
 * @param name Below /proc/sys, with slashes: `net/ipv4/ip_forward`.
 * @throws SystemError `ENOENT` where this kernel has no such setting.
 */
export const writeSysctl = async (netnsPath: string, name: string, value: string): Promise<void> => {
  if (!/^net(\/[\w.-]+)+$/.test(name) || name.includes('..'))
    throw new TypeError(`Expected a setting below net/ for \`name\`, received ${JSON.stringify(name)}`)
  return binding().writeSysctl(checkString('netnsPath', netnsPath), name, checkString('value', value))
}
