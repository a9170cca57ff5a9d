import { resolve } from 'node:path'
import type { LoadedProject, Service } from '@container-compose/compose'
import { parseIgnoreFile, type SourceLocation, UserError } from '@container-compose/core'
import { Patterns } from './patterns.ts'

/** What a change of files below a path asks for: one entry of `develop.watch`. */
export interface Rule {
  readonly service: string
  readonly action: Action
  /** Absolute, on the host: a directory or a file. */
  readonly path: string
  /** Absolute, in the container; empty where nothing is copied. */
  readonly target: string
  readonly exec: Hook | undefined
  readonly initialSync: boolean
  /** Each alone is enough to leave a path out. */
  readonly ignore: readonly Patterns[]
  /** Empty: all. */
  readonly include: Patterns
}

export type Action = 'rebuild' | 'sync' | 'restart' | 'sync+restart' | 'sync+exec'

export type Hook = NonNullable<NonNullable<NonNullable<Service['develop']>['watch']>[number]['exec']>

/** What rules need to know of the host. */
export interface HostPaths {
  /** Undefined when there is no such file. */
  readText(path: string): string | undefined
  /** Without symbolic links, as far as the path is there: events come from where files really are. */
  realPath(path: string): string
}

export interface Rules {
  readonly rules: readonly Rule[]
  readonly warnings: readonly string[]
}

/**
 * The rules of these services.
 *
 * @throws UserError `WATCH_RULE` for a rule that cannot be followed, `NOTHING_TO_WATCH` when no service has one,
 * `BAD_DOCKERIGNORE`.
 */
export const watchRules = (
  { project, locations }: Pick<LoadedProject, 'project' | 'locations'>,
  services: readonly string[],
  host: HostPaths,
): Rules => {
  const warnings: string[] = []
  const rules = services.flatMap((name) => {
    const service = project.services[name]
    if (service === undefined) return []
    const shared = [new Patterns('/', usuallyIgnored), dockerIgnore(service, host)]
    return [...(service.develop?.watch ?? []), ...hotRestartRules(service)].flatMap((entry, index) => {
      const at = locations.of(['services', name, 'develop', 'watch', index])
      const path = host.realPath(entry.path)
      if (entry.action.startsWith('sync') && isBound(path, service, host)) {
        warnings.push(
          `path '${entry.path}' also declared by a bind mount volume, this path won't be monitored!\n`,
        )
        return []
      }
      checkRule(name, service, entry, at)
      return [
        {
          service: name,
          action: entry.action,
          path,
          target: entry.target ? `/${entry.target.replace(/^\/+|\/+$/g, '')}` : '',
          exec: entry.action === 'sync+exec' ? entry.exec : undefined,
          initialSync: entry.initial_sync ?? false,
          ignore: [...shared, patternsOf(path, entry.ignore, at)].filter(({ isEmpty }) => !isEmpty),
          include: patternsOf(path, entry.include, at),
        },
      ]
    })
  })
  if (rules.length === 0)
    throw new UserError(
      'NOTHING_TO_WATCH',
      "none of the selected services is configured for watch, consider setting a 'develop' section",
      { hint: 'docs/watch.md shows one' },
    )
  return { rules, warnings }
}

type Entry = NonNullable<NonNullable<Service['develop']>['watch']>[number]

const checkRule = (
  name: string,
  service: Service,
  { action, target, exec }: Entry,
  at: SourceLocation | undefined,
): void => {
  const fault = (message: string, hint: string) => new UserError('WATCH_RULE', message, { at, hint })
  if (action === 'rebuild' && service.build === undefined)
    throw fault(
      `can't watch service "${name}" with action rebuild without a build context`,
      'give the service a build section, or use sync',
    )
  if (action.startsWith('sync') && !target)
    throw fault(
      `service "${name}": action ${action} needs a target`,
      'target is the path in the container that the files go to',
    )
  if (action === 'sync+exec' && (exec?.command ?? []).length === 0)
    throw fault(
      `can't watch with action "sync+exec" on service ${name} without a command`,
      'exec.command is what runs in the container after each sync',
    )
}

const patternsOf = (
  root: string,
  lines: readonly string[] | null | undefined,
  at: SourceLocation | undefined,
): Patterns => {
  try {
    return new Patterns(root, lines ?? [])
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError('WATCH_RULE', error.message, { at, cause: error })
  }
}

/** `x-develop: { hot-restart: true }`: a service that bind-mounts its source and has no rules restarts when it changes. */
const hotRestartRules = (service: Service): Entry[] => {
  const asked = service['x-develop'] as { readonly 'hot-restart'?: unknown } | null | undefined
  if (asked?.['hot-restart'] !== true || (service.develop?.watch ?? []).length > 0) return []
  return bindSources(service).map((path) => ({ path, action: 'restart' }))
}

const bindSources = ({ volumes = [] }: Service): string[] =>
  volumes.flatMap(({ type, source }) => (type === 'bind' && source ? [source] : []))

const isBound = (path: string, service: Service, { realPath }: HostPaths): boolean =>
  bindSources(service).some((source) => isWithin(path, realPath(source)))

const dockerIgnore = ({ build }: Service, { readText, realPath }: HostPaths): Patterns => {
  if (!build?.context?.startsWith('/')) return new Patterns('/', [])
  const context = realPath(build.context)
  const own = `${resolve(context, build?.dockerfile ?? 'Dockerfile')}.dockerignore`
  const file = readText(own) === undefined ? `${context}/.dockerignore` : own
  try {
    return new Patterns(context, parseIgnoreFile(readText(file) ?? ''))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UserError('BAD_DOCKERIGNORE', `${file}: ${error.message}`)
  }
}

/** `path` is `directory` or lies below it. */
export const isWithin = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)

/** What editors and tools leave lying about for a moment, as Docker Compose leaves it out. */
const usuallyIgnored = [
  '**/.git',
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea/**',
  '**/.#*',
  '**/#*#',
  '**/4913',
  '**/*~',
  '**/.*.swp',
  '**/.*.swx',
  '**/.*.swo',
  '**/.*.swn',
  '**/.*.kate-swp',
  '**/*-go-tmp-umask',
]

/** Whether the rule is about this path. */
export const concerns = ({ path: root, ignore, include }: Rule, path: string): boolean =>
  isWithin(path, root) &&
  (include.isEmpty || include.matches(path)) &&
  !ignore.some((patterns) => patterns.matches(path))

/** Whether the rule could be about something below this directory, which needs looking into then. */
export const looksInto = ({ path: root, ignore }: Rule, directory: string): boolean =>
  isWithin(root, directory) ||
  (isWithin(directory, root) && !ignore.some((patterns) => patterns.covers(directory)))
