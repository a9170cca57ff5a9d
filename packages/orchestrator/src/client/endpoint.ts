import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSystemError, UserError } from '@container-compose/core'

/** Where an engine answers. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string; readonly name: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      readonly name: string
      /** Folder of ca.pem, cert.pem and key.pem; absent: no TLS. */
      readonly certificates?: string | undefined
    }

export interface EndpointChoice {
  /** `-H` */
  readonly host?: string | undefined
  /** `--context` */
  readonly context?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The engine that flags and environment ask for: `-H`, `DOCKER_HOST`, `--context`, `DOCKER_CONTEXT` in this order; undefined
 * when none does, which means our own.
 *
 * @throws UserError `BAD_HOST`, `CONTEXT_NOT_FOUND`
 */
export const chosenEndpoint = ({ host, context, environment }: EndpointChoice): Endpoint | undefined => {
  const url = host || environment['DOCKER_HOST']
  if (url) return parseHost(url, environment)
  const name = context || environment['DOCKER_CONTEXT']
  if (!name) return undefined
  if (name === 'default') return parseHost('unix:///var/run/docker.sock', environment)
  return parseHost(contextHost(name, environment), environment)
}

/** @throws UserError `BAD_HOST` for schemes that we cannot speak. */
export const parseHost = (
  url: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Endpoint => {
  const [, scheme = '', rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(url) ?? []
  if (scheme === 'unix' && rest !== '') return { kind: 'unix', path: rest, name: url }
  if (scheme === 'tcp' || scheme === 'http' || scheme === 'https' || scheme === '') {
    const [, address = '', port] = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?\/?$/.exec(rest) ?? []
    if (address !== '') {
      const secure = scheme === 'https' || Boolean(environment['DOCKER_TLS_VERIFY'])
      const folder =
        environment['DOCKER_CERT_PATH'] || environment['DOCKER_CONFIG'] || home(environment, '.docker')
      return {
        kind: 'tcp',
        host: address.replace(/^\[|\]$/g, ''),
        port: Number(port ?? (secure ? 2376 : 2375)),
        name: url,
        ...(secure ? { certificates: folder } : {}),
      }
    }
  }
  throw new UserError('BAD_HOST', `unable to parse docker host \`${url}\``, {
    hint:
      scheme === 'ssh'
        ? 'forward the socket and use it: ssh -L /tmp/docker.sock:/var/run/docker.sock HOST, then -H unix:///tmp/docker.sock'
        : 'unix:///path/of/the/socket or tcp://host:port',
  })
}

/** Docker keeps the description of a context under the digest of its name. */
const contextHost = (name: string, environment: EndpointChoice['environment']): string => {
  const digest = createHash('sha256').update(name).digest('hex')
  const folder = environment['DOCKER_CONFIG'] || home(environment, '.docker')
  const path = join(folder, 'contexts/meta', digest, 'meta.json')
  try {
    const meta = JSON.parse(readFileSync(path, 'utf8')) as { Endpoints?: { docker?: { Host?: string } } }
    return meta.Endpoints?.docker?.Host || 'unix:///var/run/docker.sock'
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    throw new UserError(
      'CONTEXT_NOT_FOUND',
      `unable to resolve docker endpoint: context "${name}": context not found: open ${path}: no such file or directory`,
      { hint: 'docker context ls lists the contexts' },
    )
  }
}

const home = (environment: EndpointChoice['environment'], folder: string): string =>
  join(environment['HOME'] ?? '/root', folder)
