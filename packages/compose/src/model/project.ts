import type { FileObject, Model, Network, Volume } from './resources.ts'
import type { Service } from './service.ts'

/**
 * A project as `config` prints it: the members in snake case are the printed ones, canonical and in long form.
 * The rest is what commands need and printing leaves out.
 */
export interface Project {
  readonly name: string
  /** Enabled and selected services. */
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, Network>>
  readonly volumes: Readonly<Record<string, Volume>>
  readonly secrets: Readonly<Record<string, FileObject>>
  readonly configs: Readonly<Record<string, FileObject>>
  readonly models: Readonly<Record<string, Model>>
  /** Top-level `x-` attributes. */
  readonly extensions: Readonly<Record<string, unknown>>

  /** Absolute; the base of relative paths. */
  readonly workingDirectory: string
  /** Absolute, `-` for standard input. */
  readonly composeFiles: readonly string[]
  /** As given with `--env-file` (or `COMPOSE_ENV_FILES`); empty when only `.env` was read. */
  readonly envFiles: readonly string[]
  /** What interpolation saw: the process environment over the env files, and `COMPOSE_PROJECT_NAME`. */
  readonly environment: Readonly<Record<string, string>>
  readonly profiles: readonly string[]
  /** Services that no active profile enables, or that were not selected. */
  readonly disabledServices: Readonly<Record<string, Service>>
  /** Content of secrets and configs that come from a variable, by name; never printed. */
  readonly secretContents: Readonly<Record<string, string>>
}
