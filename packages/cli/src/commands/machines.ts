import { containersIn, listContainers, observedContainer } from '@container-compose/orchestrator'
import { text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { machineOf, renderMachines } from '../render/machines.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'List the machines behind the containers, with their addresses, limits and start times',
  operands: '[SERVICE...]',
  options: { format: text('--format <format>', 'Format the output. Values: [table | json]') },
  async run(invocation) {
    const { options, operands, world } = invocation
    const { scope } = await findTarget(invocation, operands)
    const client = await openEngine(invocation)
    const found = await listContainers(client, scope.project, { all: false })
    const wanted = new Set(containersIn(scope, found.map(observedContainer)).map(({ id }) => id))
    const machines = await Promise.all(
      found
        .filter(({ Id }) => wanted.has(Id))
        .map(async (summary) => machineOf(summary, await client.containers.inspect(summary.Id))),
    )
    world.stdout.write(
      options.format === 'json' ? `${JSON.stringify(machines, null, 2)}\n` : renderMachines(machines),
    )
    return 0
  },
})
