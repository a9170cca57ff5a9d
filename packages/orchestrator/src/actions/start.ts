import { UserError } from '@container-compose/core'
import { observeContainers } from '../observed/observe.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import { needsOf, planStartOfExisting } from '../reconcile/start-existing.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { containersIn, type Scope } from './scope.ts'

/**
 * Starts existing containers of the scope's services and of those that they need, behind the conditions that the containers'
 * own labels name. A service without containers is only worth a warning, as in Docker Compose.
 *
 * @throws UserError `NO_CONTAINER` when the project has none at all.
 */
export const start = async (context: ActionContext, scope: Scope): Promise<void> => {
  const all = (await observeContainers(context.client, scope.project)).filter(({ oneOff }) => !oneOff)
  containersIn(scope, all)
  if (all.length === 0 && scope.services === undefined)
    throw new UserError('NO_CONTAINER', `no container found for project "${scope.project}": not found`, {
      hint: 'container-compose up -d creates and starts them',
    })
  const wanted = withDependencies(scope, all)
  for (const service of scope.services?.keys() ?? []) {
    if (!wanted.has(service) || all.some((container) => container.service === service)) continue
    const message = `service "${service}" has no container to start`
    if (all.length === 0)
      throw new UserError('NO_CONTAINER', message, { hint: `container-compose up -d ${service}` })
    context.emit({ type: 'warning', message })
  }
  await executeOrThrow(context, planStartOfExisting(all, wanted))
}

const withDependencies = (scope: Scope, all: readonly ObservedContainer[]): Set<string> => {
  const names = scope.selected.length > 0 ? scope.selected : [...(scope.services?.keys() ?? [])]
  const queue = names.length > 0 ? [...names] : all.map(({ service }) => service)
  const wanted = new Set<string>()
  for (const service of queue) {
    if (wanted.has(service)) continue
    wanted.add(service)
    queue.push(...(scope.services?.get(service) ?? needsOf(all, service).map((need) => need.service)))
  }
  return wanted
}
