import { posix } from 'node:path'
import type { Report } from '../report.ts'
import { goType } from '../tree/go-text.ts'
import { table } from '../tree/patterns.ts'
import { transformTree } from '../tree/transform.ts'
import { type Dict, isDict, isList, type Value } from '../tree/value.ts'
import { joinPath } from './clean.ts'
import { followLink } from './links.ts'

export interface PathContext {
  /** What relative paths are relative to. May be relative itself, to a file further out. */
  readonly base: string
  /** The process's own folder. */
  readonly cwd: string
  /** `HOME`; undefined when the environment has none. */
  readonly home: string | undefined
  readonly report: Report
}

/** The resolved value, or what is wrong. */
type Resolver = (value: Value, context: PathContext) => Value | { readonly problem: string }

const isRemote = (path: string): boolean =>
  path.includes('://') || path.startsWith('service:') || /^(github\.com\/|git@)/.test(path)

const expandHome = (path: string, { home, report }: PathContext): string => {
  if (!path.startsWith('~')) return path
  if (home !== undefined && home !== '') return joinPath(home, path.slice(1))
  report.warn('NO_HOME', "cannot expand '~', because the environment lacks HOME")
  return path
}

const absolute: Resolver = (value, context) => {
  if (isList(value)) {
    for (const [index, item] of value.entries()) value[index] = absolute(item, context) as Value
    return value
  }
  if (typeof value !== 'string') return { problem: `unexpected type ${goType(value)}` }
  const path = expandHome(value, context)
  return path === '' || posix.isAbsolute(path) ? path : joinPath(context.base, path)
}

/** For paths that may be meant for an engine on Windows. */
const maybeUnix: Resolver = (value, context) => {
  if (typeof value !== 'string') return value
  const path = expandHome(value, context)
  return posix.isAbsolute(path) || isWindowsAbsolute(path) ? path : joinPath(context.base, path)
}

/** The reference takes any character before the colon for a drive. */
const isWindowsAbsolute = (path: string): boolean => /^([ -~]:[\\/]|\\\\)/.test(path)

const buildContext: Resolver = (value, context) =>
  typeof value !== 'string' || isRemote(value) ? value : absolute(value, context)

const watchedPath: Resolver = (value, context) => {
  const path = absolute(value, context)
  return typeof path === 'string' ? followLink(path, context.cwd) : path
}

const mount: Resolver = (value, context) => {
  if (!isDict(value) || value.get('type') !== 'bind') return value
  const source = value.get('source')
  if (source === undefined)
    return { problem: 'invalid mount config for type "bind": field Source must not be empty' }
  value.set('source', maybeUnix(source, context) as Value)
  return value
}

/** A volume of the local driver that is a bind mount in disguise. */
const localVolume: Resolver = (value, context) => {
  if (!isDict(value) || value.get('driver') !== 'local') return value
  const options = value.get('driver_opts')
  if (!isDict(options) || options.get('o') !== 'bind') return value
  const device = options.get('device')
  if (device !== undefined) options.set('device', maybeUnix(device, context) as Value)
  return value
}

const resolvers = table<Resolver>([
  ['services.*.build.context', buildContext],
  ['services.*.build.additional_contexts.*', buildContext],
  ['services.*.build.ssh.*', maybeUnix],
  ['services.*.env_file.*.path', absolute],
  ['services.*.label_file.*', absolute],
  ['services.*.extends.file', absolute],
  ['services.*.develop.watch.*.path', watchedPath],
  ['services.*.volumes.*', mount],
  ['configs.*.file', maybeUnix],
  ['secrets.*.file', maybeUnix],
  ['volumes.*', localVolume],
])

/** Makes the relative paths of a document in long form absolute, in place. */
export const resolvePaths = (root: Dict, context: PathContext): void =>
  transformTree(root, resolvers, (resolve, value, path) => {
    const resolved = resolve(value, context)
    if (resolved === null || typeof resolved !== 'object' || !('problem' in resolved)) return resolved
    context.report.faultAt(root, path, 'PATH', resolved.problem)
    return value
  })
