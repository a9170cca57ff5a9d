import { UserError } from '@container-compose/core'
import {
  type ContainerSummary,
  containersIn,
  label,
  listContainers,
  observedContainer,
} from '@container-compose/orchestrator'
import { flag, list, text } from '../arguments/options.ts'
import { defineCommand } from '../command.ts'
import { openEngine } from '../engine.ts'
import { renderPs } from '../render/ps.ts'
import { findTarget } from '../session.ts'

export default defineCommand({
  summary: 'List containers',
  operands: '[SERVICE...]',
  options: {
    all: flag('-a, --all', 'Show all stopped containers (including those created by the run command)'),
    filter: text('--filter <filter>', 'Filter services by a property (supported filters: status)'),
    format: text('--format <format>', 'Format output: table, json'),
    noTrunc: flag('--no-trunc', "Don't truncate output"),
    orphans: flag('--orphans', 'Include orphaned services (not declared by project)', { initial: true }),
    quiet: flag('-q, --quiet', 'Only display IDs'),
    services: flag('--services', 'Display services'),
    status: list('--status <status>', 'Filter services by status'),
  },
  async run(invocation) {
    const { options, operands, world } = invocation
    const statuses = wantedStatuses(options)
    const target = await findTarget(invocation, operands)
    const client = await openEngine(invocation)
    const all = options.all || statuses.length > 0
    const found = await listContainers(client, target.scope.project, { all })
    // Only says that a named service does not exist.
    containersIn(target.scope, found.map(observedContainer))
    const known = target.scope.services
    const shown = found
      .filter(({ Labels }) => isWanted(Labels?.[label.service] ?? '', { operands, known, options }))
      .filter(({ State }) => statuses.length === 0 || statuses.includes(State))
    if (options.quiet) world.stdout.write(shown.map(({ Id }) => `${Id}\n`).join(''))
    else if (options.services) world.stdout.write(serviceNames(shown))
    else
      world.stdout.write(
        renderPs(shown, {
          format: options.format || 'table',
          truncate: !options.noTrunc,
          nowMs: world.clock.now(),
        }),
      )
    return 0
  },
})

interface Wanted {
  readonly operands: readonly string[]
  readonly known: ReadonlyMap<string, unknown> | undefined
  readonly options: { readonly orphans: boolean }
}

const isWanted = (service: string, { operands, known, options }: Wanted): boolean => {
  if (operands.length > 0) return operands.includes(service)
  return options.orphans || known === undefined || known.has(service)
}

const serviceNames = (containers: readonly ContainerSummary[]): string => {
  const names = new Set(containers.map(({ Labels }) => Labels?.[label.service] ?? ''))
  return [...names].map((name) => `${name}\n`).join('')
}

const wantedStatuses = ({
  filter,
  status,
}: {
  readonly filter: string | undefined
  readonly status: readonly string[]
}): readonly string[] => {
  if (!filter) return status
  const [key, value] = filter.split('=')
  if (value === undefined)
    throw new UserError('INVALID_ARGUMENT', 'arguments to --filter should be in form KEY=VAL')
  if (key === 'status') return [value]
  // The reference knows the name of this filter, and refuses it in these words too.
  throw new UserError('INVALID_ARGUMENT', key === 'source' ? 'not implemented' : `unknown filter ${key}`)
}
