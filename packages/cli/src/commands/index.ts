import type { OptionSpecs } from '../arguments/options.ts'
import type { CommandModule } from '../command.ts'

interface Entry {
  readonly summary: string
  /** Loads the command alone, so that no command pays for the others. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has options of its own type
  load(): Promise<{ readonly default: CommandModule<any> }>
}

/** Every command in the order of the help. */
export const commands: Readonly<Record<string, Entry>> = {
  config: {
    summary: 'Parse, resolve and render compose file in canonical format',
    load: () => import('./config.ts'),
  },
  version: { summary: 'Show the version information', load: () => import('./version.ts') },
  build: { summary: 'Build or rebuild services', load: () => missing('build') },
}

const missing = async (name: string): Promise<{ readonly default: CommandModule<OptionSpecs> }> => {
  const { missingCommand } = await import('./missing.ts')
  return { default: missingCommand(name) }
}
