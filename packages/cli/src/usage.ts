import { helpText } from './arguments/parse.ts'
import { commands } from './commands/index.ts'
import { commandsToCome } from './commands/missing.ts'
import { globalOptions } from './globals.ts'

/** The program before its command. */
export const program = {
  name: 'container-compose',
  summary: 'Docker Compose, with a virtual machine of its own for every container',
  operands: 'COMMAND',
  options: globalOptions,
  optionsFirst: true,
}

/** The commands by what they are for, in the order of the help. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  'Run a project': [
    'up',
    'down',
    'create',
    'run',
    'scale',
    'start',
    'stop',
    'restart',
    'pause',
    'unpause',
    'kill',
    'rm',
    'watch',
  ],
  'Look at it': ['ps', 'logs', 'top', 'port', 'images', 'ls', 'wait', 'exec'],
  'Files and images': ['config', 'plan', 'pull', 'build', 'push'],
  'Machines and engine': ['machines', 'doctor', 'engine', 'version'],
}

/** What the program says without a command. */
export const usage = (): string =>
  helpText({
    ...program,
    commands: Object.entries(groups)
      .map(([heading, names]) => `${heading}:\n${names.map(line).join('')}`)
      .join('\n'),
    epilogue: `
Every command explains itself: container-compose COMMAND --help
Of Docker Compose not supported yet:
  ${[...commandsToCome].sort().join(', ')}
`,
  })

const line = (name: string): string => `  ${name.padEnd(9)} ${commands[name]?.summary}\n`
