import { UserError } from '@container-compose/core'
import { didYouMean } from './arguments/did-you-mean.ts'
import { helpText, parseArguments } from './arguments/parse.ts'
import type { Invocation, World } from './command.ts'
import { commands } from './commands/index.ts'
import { unsupportedCommand } from './commands/missing.ts'
import { globalOptions, resolveGlobals } from './globals.ts'
import type { Interrupts } from './interrupts.ts'
import { resolveScreen, type Screen } from './screen.ts'
import { program, usage } from './usage.ts'

/**
 * Runs one command line and gives its exit status. Throws what the command throws.
 * `onScreen` hears how output is to be written as soon as the flags say so.
 */
export const run = async (
  argv: readonly string[],
  world: World,
  interrupts: Interrupts,
  onScreen: (screen: Screen) => void,
): Promise<number> => {
  const before = parseArguments(program, argv)
  const [name, ...rest] = before.operands
  const globals = resolveGlobals(before.options, world.env)
  const screen = resolveScreen(globals, world)
  onScreen(screen)
  for (const warning of globals.warnings) world.stderr.write(`\x1b[31m${warning}\x1b[0m\n`)
  const commandName = globals.version && name === undefined ? 'version' : name
  if (commandName === undefined || before.wantsHelp) {
    world.stdout.write(usage())
    return 0
  }
  const entry = Object.hasOwn(commands, commandName) ? commands[commandName] : undefined
  if (entry === undefined) {
    const unsupported = unsupportedCommand(commandName)
    if (unsupported !== undefined) throw unsupported
    // A person would have to scroll back to see what is wrong; the hint leads here too.
    if (screen.columns === undefined) world.stdout.write(usage())
    throw new UserError('UNKNOWN_COMMAND', `unknown docker command: "compose ${commandName}"`, {
      hint: didYouMean(commandName, Object.keys(commands)) ?? 'container-compose --help lists the commands',
    })
  }
  const { default: command } = await entry.load()
  const syntax = {
    ...command,
    name: `container-compose ${commandName}`,
    options: { ...command.options, dryRun: globalOptions.dryRun },
  }
  const parsed = parseArguments(syntax, rest)
  if (parsed.wantsHelp) {
    world.stdout.write(helpText(syntax))
    return 0
  }
  checkCount(commandName, command.count, parsed.operands)
  const invocation: Invocation<typeof syntax.options> = {
    ...parsed,
    globals: { ...globals, dryRun: globals.dryRun || parsed.options['dryRun'] },
    world,
    screen,
    interrupts,
  }
  return (await command.run(invocation)) ?? 0
}

const checkCount = (
  command: string,
  { least = 0, most = Number.POSITIVE_INFINITY }: { least?: number; most?: number } = {},
  operands: readonly string[],
): void => {
  if (operands.length < least)
    throw new UserError(
      'MISSING_OPERAND',
      `requires at least ${least} arg(s), only received ${operands.length}`,
      { hint: `container-compose ${command} --help shows how it is used` },
    )
  if (operands.length > most)
    throw new UserError(
      'UNEXPECTED_OPERAND',
      `unknown command "${operands[most]}" for "docker compose ${command}"`,
      { hint: `container-compose ${command} --help shows how it is used` },
    )
}
