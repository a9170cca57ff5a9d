import { containersIn, label, listContainers, observedContainer } from '@container-compose/orchestrator'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { renderTable } from '../render/table.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'Display the running processes',
  operands: '[SERVICE...]',
  options: {},
  async run(invocation) {
    const { operands, world } = invocation
    const { scope } = await findTarget(invocation, [])
    const client = await openEngine(invocation)
    const running = (await listContainers(client, scope.project, { all: false }))
      .filter(({ State }) => State === 'running')
      .filter(({ Labels }) => operands.length === 0 || operands.includes(Labels?.[label.service] ?? ''))
    const shown = containersIn(scope, running.map(observedContainer))
    const tables = await Promise.all(
      shown.map(async ({ id, service, number }) => {
        const { Titles, Processes } = await client.containers.top(id)
        return { titles: Titles, rows: Processes.map((row) => [service, String(number), ...row]) }
      }),
    )
    const titles = tables[0]?.titles
    if (titles === undefined) return 0
    world.stdout.write(
      renderTable(
        ['SERVICE', '#', ...titles],
        tables.flatMap(({ rows }) => rows),
        { minimum: 4, gap: 2 },
      ),
    )
    return 0
  },
})
