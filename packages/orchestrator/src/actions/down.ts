import { label } from '../labels.ts'
import { observeContainers } from '../observed/observe.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'
import type { Plan } from '../plan/operation.ts'
import { removalOrder } from '../reconcile/removal-order.ts'
import { planDown } from '../reconcile/teardown.ts'
import { type ActionContext, executeOrThrow } from './context.ts'
import { containersIn, dependentsBy, type Scope } from './scope.ts'

export interface DownOptions {
  readonly removeOrphans: boolean
  readonly removeVolumes: boolean
  /** References of images to remove. */
  readonly images: readonly string[]
  readonly timeoutSeconds?: number | undefined
  /** Services of the file whose profiles are off: their containers are no orphans. */
  readonly disabled?: ReadonlySet<string>
  /** Names of networks and volumes of the file that are the project's own; undefined: all with its label. */
  readonly owned?: { readonly networks: ReadonlySet<string>; readonly volumes: ReadonlySet<string> }
}

/** Stops and removes what the project has. Gives false when there was nothing. */
export const down = async (context: ActionContext, scope: Scope, options: DownOptions): Promise<boolean> => {
  const plan = await downPlan(context, scope, options)
  await executeOrThrow(context, plan, { keepGoing: true })
  return plan.length > 0
}

const downPlan = async ({ client }: ActionContext, scope: Scope, options: DownOptions): Promise<Plan> => {
  const ours = { label: [`${label.project}=${scope.project}`] }
  const [containers, networks, volumes] = await Promise.all([
    observeContainers(client, scope.project),
    client.networks.list(ours),
    options.removeVolumes ? client.volumes.list(ours) : [],
  ])
  const leaving = leavingContainers(scope, containers, options)
  const dependents = dependentsBy(scope, containers)
  const { owned } = options
  return planDown({
    order: removalOrder(new Set(leaving.map(({ service }) => service)), dependents),
    dependents,
    containers: leaving,
    timeoutSeconds: options.timeoutSeconds,
    networks: networks.filter(({ Name }) => owned?.networks.has(Name) ?? true),
    volumes: volumes.filter(({ Name }) => owned?.volumes.has(Name) ?? true),
    images: options.images,
    removeVolumes: options.removeVolumes,
  })
}

const leavingContainers = (
  scope: Scope,
  containers: readonly ObservedContainer[],
  { removeOrphans, disabled }: DownOptions,
): ObservedContainer[] => {
  const named = containersIn(scope, containers)
  if (!removeOrphans || scope.selected.length > 0) return named
  return containers.filter(({ service, oneOff }) => oneOff || !disabled?.has(service))
}
