import { flag, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { version } from '../version.ts'

export default defineCommand({
  summary: 'Show the version information',
  operands: '',
  count: { most: 0 },
  options: {
    format: text('-f, --format <format>', 'Format the output. Values: [pretty | json]'),
    short: flag('--short', 'Show only the version number'),
  },
  async run({ options, world }) {
    if (options.short) world.stdout.write(`${version}\n`)
    else if (options.format === 'json') world.stdout.write(`${JSON.stringify({ version })}\n`)
    else world.stdout.write(`Container Compose version ${version}\n`)
    return 0
  },
})
