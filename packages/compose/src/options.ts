import type { Warning } from './warning.ts'

/** What a command line and its surroundings say about the project to load. Nothing is read from the process itself. */
export interface LoadOptions {
  /** Absolute. */
  readonly cwd: string
  /** The process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** `-f`; `-` is standard input. Empty: `COMPOSE_FILE`, then a search from the working directory upwards. */
  readonly files?: readonly string[]
  readonly readStandardInput?: () => Promise<string>
  /** `--project-directory` */
  readonly projectDirectory?: string
  /** `--project-name` */
  readonly projectName?: string
  /** `--env-file` */
  readonly envFiles?: readonly string[]
  /** `--profile`; empty: `COMPOSE_PROFILES`. */
  readonly profiles?: readonly string[]
  /** Services named on the command line: they are enabled, and the project is cut to them and their dependencies. */
  readonly services?: readonly string[]
  /** Keep networks, volumes, secrets, configs and models that no service uses. */
  readonly allResources?: boolean
  /** Stages that may be left out; all are done unless said otherwise. */
  readonly stages?: Partial<Stages>
  /** Hears each warning when it is found, so that those before an error are told, too. */
  readonly onWarning?: (warning: Warning) => void
}

export interface Stages {
  readonly interpolate: boolean
  /** Make relative paths absolute. */
  readonly resolvePaths: boolean
  /** Implicit networks, names and dependencies. */
  readonly normalize: boolean
  /** Rules across attributes: references, cycles, clashes. */
  readonly checkConsistency: boolean
  /** Fold env files into `environment`. */
  readonly resolveEnvironment: boolean
}
