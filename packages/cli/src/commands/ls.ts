import { UserError } from '@container-compose/core'
import { type ContainerSummary, label, listAllProjects } from '@container-compose/orchestrator'
import { flag, list, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { renderTable } from '../render/table.ts'

export default defineCommand({
  summary: 'List running compose projects',
  operands: '',
  count: { most: 0 },
  options: {
    all: flag('-a, --all', 'Show all stopped Compose projects'),
    filter: list('--filter <filter>', 'Filter output based on conditions provided'),
    format: text('--format <format>', 'Format the output. Values: [table | json]'),
    quiet: flag('-q, --quiet', 'Only display project names'),
  },
  async run(invocation) {
    const { options, world } = invocation
    const accepts = nameFilter(options.filter)
    const client = await openEngine(invocation)
    const found = await listAllProjects(client, { all: options.all })
    const projects = [...groupByProject(found)].filter(([name]) => accepts(name))
    const rows = projects.map(([name, containers]) => ({
      Name: name,
      Status: statusOf(containers),
      ConfigFiles: [...new Set(containers.map(({ Labels }) => Labels?.[label.configFiles] ?? ''))].join(','),
    }))
    if (options.quiet) world.stdout.write(rows.map(({ Name }) => `${Name}\n`).join(''))
    else if (options.format === 'json') world.stdout.write(`${JSON.stringify(rows)}\n`)
    else
      world.stdout.write(
        renderTable(
          ['NAME', 'STATUS', 'CONFIG FILES'],
          rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]),
          { minimum: 20, gap: 3 },
        ),
      )
    return 0
  },
})

const groupByProject = (containers: readonly ContainerSummary[]): Map<string, ContainerSummary[]> => {
  const projects = new Map<string, ContainerSummary[]>()
  for (const container of containers) {
    const name = container.Labels?.[label.project] ?? ''
    projects.set(name, [...(projects.get(name) ?? []), container])
  }
  return new Map([...projects].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `exited(1), running(2)` */
const statusOf = (containers: readonly ContainerSummary[]): string => {
  const counts = new Map<string, number>()
  for (const { State } of containers) counts.set(State, (counts.get(State) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, count]) => `${state}(${count})`)
    .join(', ')
}

const nameFilter = (filters: readonly string[]): ((name: string) => boolean) => {
  const patterns = filters.map((filter) => {
    const [key = '', ...pattern] = filter.split('=')
    if (key !== 'name') throw new UserError('INVALID_ARGUMENT', `invalid filter '${key}'`)
    return new RegExp(pattern.join('='))
  })
  return (name) => patterns.every((pattern) => pattern.test(name))
}
