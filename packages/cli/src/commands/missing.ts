import { UserError } from '@container-compose/core'
import type { OptionSpecs } from '../arguments/options.ts'
import { type CommandModule, defineCommand } from '../command.ts'

/** What to do as long as a command of Docker Compose is not there. */
const instead: Record<string, string> = {
  build: 'build the image with another tool and load it: docker -H unix://… load -i image.tar',
  push: 'push the image with the tool that built it',
}

/** A command that Docker Compose has and this program has not: any use of it fails and says what to do. */
export const missingCommand = (name: string): CommandModule<OptionSpecs> =>
  defineCommand({
    summary: 'Not supported yet',
    operands: '[ARGS...]',
    options: {},
    optionsFirst: true,
    run() {
      throw new UserError('UNSUPPORTED_COMMAND', `"${name}" is not supported yet`, {
        hint: instead[name] ?? 'container-compose --help lists the commands',
      })
    },
  })
