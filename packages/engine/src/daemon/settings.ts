import { readFileSync } from 'node:fs'
import { isSystemError, UserError } from '@container-compose/core'

/** `settings.json`; everything has a default. */
export interface Settings {
  /** What `runtime: auto`, or none, means. */
  readonly runtime: 'auto' | 'vm' | 'sandbox' | 'apple'
  /** `auto`: KVM where a boot proves that it works, else emulation. */
  readonly acceleration: 'auto' | 'kvm' | 'tcg'
  /** Guest memory where a container does not choose. */
  readonly guestMemory: 'cow' | 'own'
  /** `none`: no container reaches anything outside. */
  readonly egress: 'pasta' | 'none'
  /** Whether a machine is kept ready for the next start. `auto`: where machines are emulated and the host has memory to spare. */
  readonly warmSpare: 'auto' | 'on' | 'off'
  readonly dns: {
    /** `host[:port]` of upstream resolvers; empty: those of the host's /etc/resolv.conf. */
    readonly upstream: readonly string[]
  }
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

const defaults: Settings = {
  runtime: 'auto',
  acceleration: 'auto',
  guestMemory: 'cow',
  egress: 'pasta',
  warmSpare: 'auto',
  dns: { upstream: [] },
  logLevel: 'info',
}

const choices: Readonly<Record<string, readonly string[]>> = {
  runtime: ['auto', 'vm', 'sandbox', 'apple'],
  acceleration: ['auto', 'kvm', 'tcg'],
  guestMemory: ['cow', 'own'],
  egress: ['pasta', 'none'],
  warmSpare: ['auto', 'on', 'off'],
  logLevel: ['debug', 'info', 'warn', 'error'],
}

/** In place of the setting `warmSpare`. */
export const warmSpareVariable = 'CONTAINER_COMPOSE_WARM_SPARE'

/**
 * Reads the settings; a missing file is the defaults, and a variable of the environment goes before the file.
 *
 * @throws UserError `BAD_SETTINGS` naming the file, the key and what it may be. A misspelt key is an error too: it would be a wish
 * that nobody hears.
 */
export const readSettings = (
  path: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Settings => {
  const given = environment[warmSpareVariable]
  if (!given) return readFile(path)
  if (!choices['warmSpare']?.includes(given))
    throw new UserError(
      'BAD_SETTINGS',
      `${warmSpareVariable} is "${given}", expected one of ${choices['warmSpare']?.join(', ')}`,
    )
  return { ...readFile(path), warmSpare: given as Settings['warmSpare'] }
}

const readFile = (path: string): Settings => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return defaults
    throw error
  }
  const fault = (what: string) => new UserError('BAD_SETTINGS', `${path}: ${what}`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw fault((error as Error).message)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw fault('expected an object')
  for (const [key, given] of Object.entries(value)) {
    if (key === 'dns') checkDns(given, fault)
    else if (choices[key] === undefined) throw fault(`unknown key "${key}"`)
    else if (!choices[key].includes(given))
      throw fault(`"${key}" is ${JSON.stringify(given)}, expected one of ${choices[key].join(', ')}`)
  }
  return { ...defaults, ...value }
}

const checkDns = (value: unknown, fault: (what: string) => UserError): void => {
  const upstream = (value as { upstream?: unknown } | null)?.upstream
  if (!Array.isArray(upstream) || !upstream.every((each) => typeof each === 'string'))
    throw fault('"dns.upstream" is not a list of addresses')
}
