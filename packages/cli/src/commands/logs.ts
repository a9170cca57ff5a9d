import { UserError } from '@container-compose/core'
import { logs } from '@container-compose/orchestrator'
import { flag, integer, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { LogPrinter } from '../render/log-printer.ts'
import { parseMoment } from '../render/moment.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'View output from containers',
  operands: '[SERVICE...]',
  options: {
    follow: flag('-f, --follow', 'Follow log output'),
    index: integer('--index <number>', 'Index of the container if service has multiple replicas'),
    noColor: flag('--no-color', 'Produce monochrome output'),
    noLogPrefix: flag('--no-log-prefix', "Don't print prefix in logs"),
    since: text('--since <time>', 'Show logs since timestamp (2013-01-02T13:23:37Z) or relative (42m)'),
    tail: text('-n, --tail <count>', 'Number of lines to show from the end of the logs for each container'),
    timestamps: flag('-t, --timestamps', 'Show timestamps'),
    until: text('--until <time>', 'Show logs before timestamp (2013-01-02T13:23:37Z) or relative (42m)'),
  },
  async run(invocation) {
    const { options, operands, world, screen, interrupts } = invocation
    if (options.index !== undefined && operands.length !== 1)
      throw new UserError('MISSING_OPERAND', '--index requires one service to be selected', {
        hint: 'name the service: container-compose logs --index 1 SERVICE',
      })
    const now = world.clock.now()
    const since = parseMoment('since', options.since, now)
    const until = parseMoment('until', options.until, now)
    const { scope, loaded } = await findTarget(invocation, operands)
    const client = await openEngine(invocation)
    const printer = new LogPrinter(
      {
        project: scope.project,
        prefix: !options.noLogPrefix,
        colours: screen.colours && !options.noColor,
        merge: true,
      },
      { stdout: (line) => world.stdout.write(line), stderr: (line) => world.stderr.write(line) },
    )
    const unattached = Object.entries(loaded?.project.services ?? {}).filter(
      ([, service]) => service.attach === false,
    )
    await logs(
      {
        client,
        project: scope.project,
        clock: world.clock,
        signal: interrupts.signal,
        emit: (event) => printer.hear(event),
      },
      scope,
      {
        follow: options.follow,
        index: options.index,
        since,
        until,
        tail: options.tail,
        timestamps: options.timestamps,
        unattached: new Set(unattached.map(([name]) => name)),
      },
    )
    return 0
  },
})
