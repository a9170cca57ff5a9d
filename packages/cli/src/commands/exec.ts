import { exec, execDetached } from '@container-compose/orchestrator'
import { flag, integer, list, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { environmentEntries } from '../environment-flags.ts'
import { findTarget } from '../session.ts'
import { terminalStreams } from '../terminal.ts'
import { refuseDryRun } from './no-dry-run.ts'

export default defineCommand({
  summary: 'Execute a command in a running container',
  operands: 'SERVICE COMMAND [ARGS...]',
  count: { least: 2 },
  optionsFirst: true,
  options: {
    detach: flag('-d, --detach', 'Detached mode: Run command in the background'),
    env: list('-e, --env <key=value>', 'Set environment variables'),
    index: integer('--index <number>', 'Index of the container if service has multiple replicas'),
    interactive: flag('-i, --interactive', 'Keep STDIN open even if not attached', {
      initial: true,
      hidden: true,
    }),
    noTty: flag('-T, --no-tty', 'Disable pseudo-TTY allocation'),
    noTTY: flag('--no-TTY', 'Disable pseudo-TTY allocation', { hidden: true }),
    privileged: flag('--privileged', 'Give extended privileges to the process'),
    tty: flag('-t, --tty', 'Allocate a pseudo-TTY', { initial: true, hidden: true }),
    user: text('-u, --user <user>', 'Run the command as this user'),
    workdir: text('-w, --workdir <path>', 'Path to workdir directory for this command'),
  },
  async run(invocation) {
    refuseDryRun(invocation, 'exec')
    const { options, operands, world } = invocation
    const [service = '', ...command] = operands
    const { scope, loaded } = await findTarget(invocation, [service])
    const environment = loaded?.project.environment ?? world.env
    const tty = options.tty && !options.noTty && !options.noTTY && world.stdout.isTTY === true
    const execOptions = {
      command,
      tty,
      environment: environmentEntries(options.env, environment).map(([name, value]) => `${name}=${value}`),
      user: options.user,
      workingDirectory: options.workdir,
      privileged: options.privileged,
      index: options.index,
    }
    const client = await openEngine(invocation)
    const target = { project: scope.project, service }
    if (options.detach) {
      await execDetached(client, target, execOptions)
      return 0
    }
    return exec(client, target, execOptions, terminalStreams(world, { tty, stdin: options.interactive }))
  },
})
