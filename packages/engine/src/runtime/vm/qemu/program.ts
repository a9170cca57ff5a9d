import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { UserError } from '@container-compose/core'

export interface QemuProgram {
  readonly path: string
  /** `7.2.22` */
  readonly version: string
}

const name = 'qemu-system-x86_64'
const places = ['/usr/local/bin', '/usr/bin', '/bin']

/** @throws UserError `NO_QEMU` when there is none, or it does not run. */
export const findQemu = async (path = name): Promise<QemuProgram> => {
  const candidates = isAbsolute(path) ? [path] : places.map((place) => join(place, path))
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK)
    } catch {
      continue
    }
    return { path: candidate, version: await versionOf(candidate) }
  }
  throw new UserError('NO_QEMU', `${path} is not installed`, { hint: 'apt-get install qemu-system-x86' })
}

const versionOf = async (path: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(path, ['--version']).catch((cause: unknown) => {
    throw new UserError('NO_QEMU', `${path} does not run`, { cause })
  })
  const version = /version (\S+)/.exec(stdout)?.[1]
  if (version === undefined) throw new UserError('NO_QEMU', `${path} does not say its version`)
  return version
}
