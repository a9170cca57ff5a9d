import { UserError } from '@container-compose/core'
import { conflict } from './arguments/conflict.ts'
import { flag, integer, list, type OptionValues, text } from './arguments/options.ts'

/** The options before the command, see `docker compose --help`. */
export const globalOptions = {
  allResources: flag('--all-resources', 'Include all resources, even those not used by services'),
  ansi: text('--ansi <when>', 'Control when to print ANSI control characters ("never"|"always"|"auto")'),
  compatibility: flag('--compatibility', 'Run compose in backward compatibility mode'),
  context: text('--context <name>', 'Name of the Docker context whose engine to use'),
  debug: flag('-D, --debug', 'Accepted for compatibility', { hidden: true }),
  dryRun: flag('--dry-run', 'Execute command in dry run mode'),
  envFiles: list('--env-file <path>', 'Specify an alternate environment file'),
  files: list('-f, --file <path>', 'Compose configuration files'),
  host: text('-H, --host <url>', 'Engine socket to connect to'),
  noAnsi: flag('--no-ansi', 'Do not print ANSI control characters', { hidden: true }),
  parallel: integer('--parallel <count>', 'Control max parallelism, -1 for unlimited'),
  profiles: list('--profile <name>', 'Specify a profile to enable'),
  progress: text('--progress <type>', 'Set type of progress output (auto, tty, plain, json, quiet)'),
  projectDirectory: text(
    '--project-directory <path>',
    'Specify an alternate working directory (default: the path of the first Compose file)',
  ),
  projectName: text('-p, --project-name <name>', 'Project name'),
  verbose: flag('--verbose', 'Show more output', { hidden: true }),
  version: flag('-v, --version', 'Show the version', { hidden: true }),
  workdir: text('--workdir <path>', 'Deprecated form of --project-directory', { hidden: true }),
} as const

export type GlobalOptions = OptionValues<typeof globalOptions> & {
  readonly warnings: readonly string[]
  /** Whether the flag itself was given: `config` makes a difference to the variable. */
  readonly compatibilityFlag: boolean
}

const progressTypes = ['auto', 'tty', 'plain', 'json', 'quiet', 'none']

/**
 * The global options with the defaults of the environment and the deprecated spellings folded in.
 *
 * @throws UserError `CONFLICTING_FLAGS`, `INVALID_ARGUMENT` in Docker Compose's words.
 */
export const resolveGlobals = (
  options: OptionValues<typeof globalOptions>,
  env: Readonly<Record<string, string | undefined>>,
): GlobalOptions => {
  const warnings: string[] = []
  if (options.noAnsi) {
    if (options.ansi !== undefined)
      throw conflict('cannot specify DEPRECATED "--no-ansi" and "--ansi". Please use only "--ansi"')
    warnings.push("option '--no-ansi' is DEPRECATED ! Please use '--ansi' instead.")
  }
  if (options.workdir !== undefined) {
    if (options.projectDirectory !== undefined)
      throw conflict('cannot specify DEPRECATED "--workdir" and "--project-directory"')
    warnings.push("option '--workdir' is DEPRECATED at root level! Please use '--project-directory' instead.")
  }
  const ansi = options.noAnsi ? 'never' : (options.ansi ?? env['COMPOSE_ANSI'] ?? 'auto')
  const progress = options.progress ?? (env['COMPOSE_PROGRESS'] || 'auto')
  if (!progressTypes.includes(progress))
    throw new UserError('INVALID_ARGUMENT', `unsupported --progress value "${progress}"`, {
      hint: `one of ${progressTypes.slice(0, 5).join(', ')}`,
    })
  if (ansi === 'never' && progress === 'tty')
    throw conflict("can't use --progress tty while ANSI support is disabled")
  if (ansi === 'always' && progress === 'plain')
    throw conflict("can't use --progress plain while ANSI support is forced")
  return {
    ...options,
    ansi,
    progress: progress === 'none' ? 'quiet' : progress,
    parallel: options.parallel ?? parallelLimit(env['COMPOSE_PARALLEL_LIMIT']),
    compatibility: options.compatibility || isTrue(env['COMPOSE_COMPATIBILITY']),
    compatibilityFlag: options.compatibility,
    projectDirectory: options.projectDirectory ?? options.workdir,
    warnings,
  }
}

/** Go's ParseBool: what the reference takes for true in a variable. */
export const isTrue = (value: string | undefined): boolean =>
  ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value ?? '')

const parallelLimit = (value: string | undefined): number | undefined => {
  if (value === undefined || value === '') return undefined
  if (/^[+-]?\d+$/.test(value)) return Number(value)
  throw new UserError('INVALID_ARGUMENT', `COMPOSE_PARALLEL_LIMIT must be an integer (found: "${value}")`)
}
