import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isSystemError, type SourceLocation } from '@container-compose/core'
import type { Lookup } from '../interpolate/template.ts'
import type { Service } from '../model/service.ts'
import type { Report } from '../report.ts'
import { goQuote } from '../tree/go-text.ts'
import { parseInto, systemMessage } from './env-files.ts'
import { parseRawEnv } from './raw-env.ts'

export interface ServiceFileContext {
  readonly environment: Readonly<Record<string, string>>
  readonly report: Report
  /** What paths that were left relative are relative to. */
  readonly cwd: string
  /** Where the service's list of files stands. */
  readonly at: (index: number) => SourceLocation | undefined
}

type Environment = Record<string, string | null>

/** A service with its `env_file`s folded into `environment`, which wins over them. */
export const withEnvFiles = (service: Service, context: ServiceFileContext): Service => {
  const { environment, report } = context
  if (service.env_file === undefined && !hasOpenVariables(service)) return service
  const own = ownEnvironment(service, environment)
  const fromFiles = new Map<string, string>()
  for (const [name, value] of Object.entries(own)) if (value !== null) fromFiles.set(name, value)
  // The project's variables have precedence when values are expanded, then the service's.
  const lookup: Lookup = (name) => environment[name] ?? own[name] ?? undefined
  for (const [index, file] of (service.env_file ?? []).entries()) {
    const { path = '', required, format = '' } = file
    const text = readText(path, 'env', required, index, context)
    if (text === undefined) continue
    if (format === '' || format === '.env')
      parseInto(path, text, fromFiles, lookup, `failed to read ${path}: `, report)
    else if (format === 'raw') {
      const problem = parseRawEnv(text, fromFiles, lookup)
      if (problem !== undefined)
        report.fault('ENV_FILE_SYNTAX', `failed to parse env_file ${path}: ${problem}`)
    } else
      report.fault('ENV_FILE_FORMAT', `unsupported env_file format ${goQuote(format)}`, {
        at: context.at(index),
      })
  }
  const merged: Environment = Object.create(null)
  for (const [name, value] of fromFiles) merged[name] = value
  Object.assign(merged, own)
  return withMember(service, 'environment', merged, 'env_file')
}

/** True when a variable waits for the value of the project's environment. */
const hasOpenVariables = ({ environment = {} }: Service): boolean => {
  for (const name in environment) if (environment[name] === null) return true
  return false
}

const ownEnvironment = (
  { environment = {} }: Service,
  known: Readonly<Record<string, string>>,
): Environment => {
  const own: Environment = Object.create(null)
  for (const [name, value] of Object.entries(environment)) own[name] = value ?? known[name] ?? null
  return own
}

/** A service with its `label_file`s folded into `labels`, which win over them. */
export const withLabelFiles = (service: Service, context: ServiceFileContext): Service => {
  if (service.label_file === undefined) return service
  const labels = new Map<string, string>()
  for (const [index, path] of (service.label_file ?? []).entries()) {
    const text = readText(path, 'label', true, index, context)
    if (text === undefined) continue
    const own = new Map<string, string>()
    if (parseInto(path, text, own, (name) => labels.get(name), `failed to read ${path}: `, context.report))
      for (const [name, value] of own) labels.set(name, value)
  }
  const merged: Record<string, string> = Object.create(null)
  for (const [name, value] of labels) merged[name] = value
  Object.assign(merged, service.labels)
  return withMember(service, 'labels', merged, 'label_file')
}

const readText = (
  path: string,
  what: 'env' | 'label',
  required: boolean,
  index: number,
  { report, cwd, at }: ServiceFileContext,
): string | undefined => {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (error) {
    if (!isSystemError(error, 'ENOENT'))
      report.fault('ENV_FILE', `failed to read ${path}: ${systemMessage(withPath(error, path))}`, {
        at: at(index),
      })
    else if (required)
      report.fault(
        'ENV_FILE_MISSING',
        `${what} file ${path} not found: stat ${path}: no such file or directory`,
        { at: at(index), hint: what === 'env' ? 'required: false lets the file be absent' : undefined },
      )
    return undefined
  }
}

/** Reading tells the call but not always the path. */
const withPath = (error: unknown, path: string): unknown =>
  error instanceof Error ? Object.assign(error, { path }) : error

/** The service with a member set at its place in the order, or left out when empty, and without another one. */
const withMember = (
  service: Service,
  name: 'environment' | 'labels',
  value: Readonly<Record<string, string | null>>,
  without: 'env_file' | 'label_file',
): Service => {
  const isEmpty = Object.keys(value).length === 0
  const made: Record<string, unknown> = {}
  let placed = isEmpty
  for (const [key, entry] of Object.entries(service)) {
    if (key === without || key === name) {
      if (!placed) made[name] = value
      placed = true
    } else made[key] = entry
  }
  return made as unknown as Service
}
