import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { UserError } from '@container-compose/core'
import { readEnvFiles } from '../env/env-files.ts'
import type { Mount, Port } from '../model/service.ts'
import { cleanPath } from '../paths/clean.ts'
import { Report } from '../report.ts'
import { isDict, type Value } from '../tree/value.ts'
import type { Warning } from '../warning.ts'
import { readPort } from './port.ts'
import { readVolume } from './volume.ts'

/**
 * A volume of a command line, `[source:]target[:options]` as in a file; a path is taken from `cwd`.
 *
 * @throws UserError `VOLUME_SPEC`
 */
export const readMountFlag = (spec: string, cwd: string): Mount => {
  const read = readVolume(spec)
  if ('problem' in read) throw new UserError('VOLUME_SPEC', read.problem, { hint: 'SOURCE:TARGET[:ro]' })
  const mount = plain(read.value) as Mount
  const { type, source, target = '' } = mount
  return {
    ...mount,
    ...(type === 'bind' && source !== undefined
      ? { source: resolve(cwd, source.replace(/^~(?=\/|$)/, homedir())) }
      : {}),
    target: cleanPath(target),
  }
}

/**
 * The ports of a command line, `[[ip:]host:]container[/protocol]`.
 *
 * @throws UserError `PORT_SPEC`
 */
export const readPortFlag = (spec: string): Port[] => {
  const read = readPort(spec)
  if ('problem' in read) throw new UserError('PORT_SPEC', read.problem, { hint: '[IP:][HOST:]CONTAINER' })
  return read.value.map(({ hostIp, published, target, protocol }) => ({
    mode: 'ingress',
    ...(hostIp === '' ? {} : { host_ip: hostIp }),
    target,
    ...(published === '' ? {} : { published }),
    protocol,
  }))
}

/**
 * The variables of env files, later ones winning; their values may use what `lookup` gives.
 *
 * @throws UserError `ENV_FILE`, `ENV_FILE_MISSING`, `ENV_FILE_SYNTAX`
 */
export const readEnvironmentFiles = (
  files: readonly string[],
  lookup: (name: string) => string | undefined,
  onWarning: (warning: Warning) => void,
): ReadonlyMap<string, string> => {
  const report = new Report(onWarning)
  const variables = readEnvFiles(files, lookup, report)
  report.stopIfFailed()
  return variables
}

const plain = (value: Value): unknown =>
  isDict(value) ? Object.fromEntries([...value].map(([key, item]) => [key, plain(item)])) : value
