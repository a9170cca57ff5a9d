import { randomBytes } from 'node:crypto'
import { UserError } from '@container-compose/core'
import {
  createForRun,
  defaultPolicy,
  projectForRun,
  startAttached,
  withOneOff,
} from '@container-compose/orchestrator'
import { defineCommand, type Invocation } from '../command.ts'
import { selectDesired } from '../desired.ts'
import { openEngine } from '../engine.ts'
import { writeWarning } from '../progress/warning.ts'
import { readProject } from '../project.ts'
import { withProgress } from '../session.ts'
import { terminalStreams } from '../terminal.ts'
import { checkRunFlags, overridesOf, runOptions } from './run-flags.ts'
import { checkPullPolicy, orphanPolicy } from './up-options.ts'

type RunInvocation = Invocation<typeof runOptions>

export default defineCommand({
  summary: 'Run a one-off command on a service',
  operands: 'SERVICE [COMMAND] [ARGS...]',
  count: { least: 1 },
  optionsFirst: true,
  options: runOptions,
  async run(invocation) {
    const { options, operands, world, globals } = invocation
    if (globals.dryRun)
      throw new UserError('UNSUPPORTED_FLAG', 'interactive run is not supported in dry-run mode', {
        hint: 'container-compose plan shows what up would do',
      })
    checkRunFlags(options)
    checkPullPolicy(options.pull)
    const [service = '', ...command] = operands
    const tty = wantsTerminal(invocation)
    const loaded = await readProject(invocation, [service])
    const project = projectForRun(
      loaded.project,
      service,
      overridesOf(options, command, {
        cwd: world.cwd,
        environment: loaded.project.environment,
        tty,
        warn: (message) => writeWarning(message, invocation),
      }),
    )
    const slug = randomBytes(32).toString('hex')
    const name = options.name || `${project.name}-${service}-run-${slug.slice(0, 12)}`
    const selected = selectDesired(
      invocation,
      { ...loaded, project },
      { named: [service], withDependencies: !options.noDeps, scale: new Map() },
    )
    const { rm: autoRemove, useAliases } = options
    const attachStdin = options.interactive && !options.detach
    const desired = withOneOff(selected, service, { name, slug, autoRemove, attachStdin, useAliases })
    const id = await withProgress(
      options.quiet ? { ...invocation, screen: { ...invocation.screen, progress: 'quiet' } } : invocation,
      {
        title: 'Running',
        project: project.name,
        quietBuild: options.quietBuild,
        quietPull: options.quietPull,
      },
      (context) =>
        createForRun(context, desired, {
          name,
          policy: {
            ...defaultPolicy,
            ...orphanPolicy(options.removeOrphans, project.environment),
            dependencies: !options.noDeps,
          },
          pull: options.pull || undefined,
          build: options.build ? 'always' : 'missing',
          approveLoss: () => Promise.resolve(false),
        }),
    )
    return start(invocation, id, tty)
  },
})

const wantsTerminal = ({ options, world }: RunInvocation): boolean => {
  const isTerminal = world.stdout.isTTY === true && world.stdin.isTTY === true
  if (options.tty === true && !isTerminal)
    throw new UserError('INVALID_ARGUMENT', 'the input device is not a TTY', { hint: 'leave --tty out' })
  return options.noTTY === true || options.tty === false ? false : isTerminal
}

const start = async (invocation: RunInvocation, id: string, tty: boolean): Promise<number> => {
  const { options, world, interrupts } = invocation
  const client = await openEngine(invocation)
  if (options.detach) {
    await client.containers.start(id)
    world.stdout.write(`${id}\n`)
    return 0
  }
  const stdin = options.interactive
  return startAttached({ client }, id, terminalStreams(world, { tty, stdin }), {
    tty,
    stdin,
    autoRemove: options.rm,
    onSignals: (send) => interrupts.handle((_count, signal) => send(signal)),
  })
}
