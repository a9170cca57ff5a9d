import { UserError } from '@container-compose/core'

/** One option of a command: how it is written, what it says in the help, and what its value becomes. */
export interface OptionSpec<Value> {
  /** As in the help: `-t, --timeout <seconds>`; without `<…>` it is a flag. */
  readonly flags: string
  readonly summary: string
  readonly initial: Value
  /** The value after one more occurrence with this text; absent for flags. */
  readonly take?: (text: string, previous: Value) => Value
  readonly hidden?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: the one place where options of all value types meet
export type OptionSpecs = Readonly<Record<string, OptionSpec<any>>>

export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Key in keyof Specs]: Specs[Key]['initial']
}

interface Extras {
  readonly hidden?: boolean
}

export const flag = (
  flags: string,
  summary: string,
  extras: Extras & { readonly initial?: boolean } = {},
): OptionSpec<boolean> => ({ flags, summary, initial: false, ...extras })

/** A flag that knows whether it was given: undefined, true, or false by `--flag=false`. */
export const tristate = (
  flags: string,
  summary: string,
  extras: Extras = {},
): OptionSpec<boolean | undefined> => ({ flags, summary, initial: undefined, ...extras })

/** An option with one value; the last one given counts. */
export const text = (
  flags: string,
  summary: string,
  extras: Extras = {},
): OptionSpec<string | undefined> => ({
  flags,
  summary,
  initial: undefined,
  take: (given) => given,
  ...extras,
})

/** An option that may be given several times. */
export const list = (flags: string, summary: string, extras: Extras = {}): OptionSpec<readonly string[]> => ({
  flags,
  summary,
  initial: [],
  take: (given, previous) => [...previous, given],
  ...extras,
})

/** @throws UserError `INVALID_ARGUMENT` when the value is no integer. */
export const integer = (
  flags: string,
  summary: string,
  extras: Extras = {},
): OptionSpec<number | undefined> => ({
  flags,
  summary,
  initial: undefined,
  take: (given) => parseInteger(given, flags),
  ...extras,
})

const parseInteger = (given: string, flags: string): number => {
  if (/^[+-]?\d+$/.test(given)) return Number(given)
  const named = flags.replace(/ <.*/, '')
  // The words of Go's flag library, which people search for.
  throw new UserError(
    'INVALID_ARGUMENT',
    `invalid argument "${given}" for "${named}" flag: strconv.ParseInt: parsing "${given}": invalid syntax`,
  )
}
