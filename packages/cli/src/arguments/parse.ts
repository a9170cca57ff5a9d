import { UserError } from '@container-compose/core'
import { Command, Option } from 'commander'
import { didYouMean } from './did-you-mean.ts'
import type { OptionSpecs, OptionValues } from './options.ts'

export interface Syntax<Specs extends OptionSpecs> {
  /** What stands in the usage line: `container-compose up`. */
  readonly name: string
  readonly summary: string
  /** The operands as the usage line shows them: `SERVICE COMMAND [ARGS...]`. */
  readonly operands: string
  readonly options: Specs
  /** Whether options end at the first operand, as for `exec` and before a command. */
  readonly optionsFirst?: boolean
  /** Text above the options in the help. */
  readonly commands?: string
  /** Text below the options in the help. */
  readonly epilogue?: string
}

export interface Parsed<Specs extends OptionSpecs> {
  readonly options: OptionValues<Specs>
  readonly operands: readonly string[]
  /** Keys of the options that were given. */
  readonly given: ReadonlySet<keyof Specs>
  readonly wantsHelp: boolean
}

/**
 * The options and operands of `argv`, read as Docker's tools read them: booleans also as `--flag=false`, options between
 * operands unless `optionsFirst`, all after `--` operands.
 *
 * @throws UserError `UNKNOWN_FLAG`, `MISSING_VALUE`, `INVALID_ARGUMENT` in Docker Compose's words.
 */
export const parseArguments = <Specs extends OptionSpecs>(
  syntax: Syntax<Specs>,
  argv: readonly string[],
): Parsed<Specs> => {
  const values: Record<string, unknown> = {}
  const given = new Set<keyof Specs>()
  let wantsHelp = false
  const command = toCommander(syntax, argv[argv.length - 1])
  command.on('option:help', () => {
    wantsHelp = true
  })
  for (const [key, spec] of Object.entries(syntax.options)) {
    values[key] = spec.initial
    const set = (value: unknown) => {
      given.add(key)
      values[key] = value
    }
    const long = longName(spec.flags)
    if (spec.take !== undefined) {
      const { take } = spec
      command.on(`option:${long}`, (value: string) => set(take(value, values[key])))
    } else {
      command.on(`option:${long}`, () => set(true))
      for (const value of [true, false]) {
        command.addOption(new Option(`--${long}=${value}`).hideHelp())
        command.on(`option:${long}=${value}`, () => set(value))
      }
    }
  }
  const { operands, unknown } = command.parseOptions([...argv])
  const strange = unknown[0]
  if (strange?.startsWith('-')) {
    // With options first, commander gives everything after the first operand as unknown.
    if (!(syntax.optionsFirst && operands.length > 0)) throw unknownFlag(strange, syntax.options)
  }
  return {
    options: values as OptionValues<Specs>,
    operands: [...operands, ...unknown],
    given,
    wantsHelp,
  }
}

export const helpText = (syntax: Syntax<OptionSpecs>): string =>
  toCommander(syntax)
    .helpInformation()
    .replace(
      '\nOptions:\n',
      () => `\n${syntax.commands === undefined ? '' : `${syntax.commands}\n`}Options:\n`,
    ) + (syntax.epilogue ?? '')

const longName = (flags: string): string => /--([^ ,]+)/.exec(flags)?.[1] ?? flags

const toCommander = (syntax: Syntax<OptionSpecs>, lastWord = ''): Command => {
  const command = new Command(syntax.name)
    .description(syntax.summary)
    .usage(`[OPTIONS] ${syntax.operands}`.trim())
    .helpOption(false)
    .exitOverride((error) => {
      if (error.code !== 'commander.optionMissingArgument') throw error
      const flags = /option '([^']*)'/.exec(error.message)?.[1] ?? ''
      const given = /^-[^-]/.test(lastWord)
        ? `'${lastWord.at(-1)}' in -${lastWord.at(-1)}`
        : `--${longName(flags)}`
      throw new UserError('MISSING_VALUE', `flag needs an argument: ${given}`)
    })
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .passThroughOptions(syntax.optionsFirst ?? false)
  const byName = Object.values(syntax.options).sort((a, b) =>
    longName(a.flags) < longName(b.flags) ? -1 : 1,
  )
  for (const spec of byName) {
    const option = new Option(spec.flags, spec.summary)
    command.addOption(spec.hidden ? option.hideHelp() : option)
  }
  return command.addOption(new Option('-h, --help', 'Print usage'))
}

const unknownFlag = (argument: string, options: OptionSpecs): UserError => {
  const seeHelp = 'the same command with --help lists its flags'
  if (!argument.startsWith('--'))
    return new UserError('UNKNOWN_FLAG', `unknown shorthand flag: '${argument[1]}' in ${argument}`, {
      hint: seeHelp,
    })
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(argument) ?? []
  const specs = Object.values(options)
  if (specs.some(({ flags }) => longName(flags) === name))
    return new UserError(
      'INVALID_ARGUMENT',
      `invalid argument "${value}" for "--${name}" flag: strconv.ParseBool: parsing "${value}": invalid syntax`,
      { hint: 'true or false' },
    )
  const known = specs.flatMap(({ flags, hidden }) => (hidden ? [] : `--${longName(flags)}`))
  return new UserError('UNKNOWN_FLAG', `unknown flag: --${name}`, {
    hint: didYouMean(`--${name}`, known) ?? seeHelp,
  })
}
