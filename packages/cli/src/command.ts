import type { Clock } from '@container-compose/core'
import type { OptionSpecs, OptionValues } from './arguments/options.ts'
import type { Parsed } from './arguments/parse.ts'
import type { GlobalOptions } from './globals.ts'
import type { Interrupts } from './interrupts.ts'
import type { Screen } from './screen.ts'

/** The process around a command, so that a command can run without one. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly clock: Clock
  readonly machine: {
    readonly platform: NodeJS.Platform
    /** Effective user id; undefined where there is none. */
    readonly uid: number | undefined
    readonly nodeVersion: string
  }
  /** How this program is started again, for the daemon: `[node, entry]`. */
  readonly self: readonly string[]
}

/** What a command runs with. */
export interface Invocation<Specs extends OptionSpecs> {
  readonly options: OptionValues<Specs>
  readonly operands: readonly string[]
  readonly given: Parsed<Specs>['given']
  readonly globals: GlobalOptions
  readonly world: World
  readonly screen: Screen
  readonly interrupts: Interrupts
}

/** One command: its syntax as data, and what it does. `run` gives the exit status, 0 when it gives none. */
export interface CommandModule<Specs extends OptionSpecs> {
  readonly summary: string
  readonly operands: string
  /** How many operands at least and at most; any number when absent. */
  readonly count?: { readonly least?: number; readonly most?: number }
  readonly options: Specs
  readonly optionsFirst?: boolean
  run(invocation: Invocation<Specs>): Promise<number | undefined>
}

/** Gives `run` the types of its options; does nothing else. */
export const defineCommand = <const Specs extends OptionSpecs>(
  module: CommandModule<Specs>,
): CommandModule<Specs> => module
