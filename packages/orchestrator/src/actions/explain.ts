import type { ContainerDetails } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import type { DesiredService, DesiredState } from '../desired/desired-state.ts'
import type { ObservedContainer, ObservedState } from '../observed/observed-state.ts'
import { differences } from '../reconcile/differences.ts'

/**
 * The same desired state with, for each service whose configuration differs from its container's, what the difference is.
 * Costs one inspect for each such service.
 */
export const explain = async (
  client: EngineClient,
  desired: DesiredState,
  observed: ObservedState,
): Promise<DesiredState> => ({
  ...desired,
  services: await Promise.all(
    desired.services.map(async (service) => {
      const old = observed.containers.find(
        ({ service: name, oneOff, configHash }) =>
          name === service.name && !oneOff && configHash !== service.hash,
      )
      if (old === undefined) return service
      return withChanges(service, old, {
        observed,
        details: await client.containers.inspect(old.id),
      })
    }),
  ),
})

const withChanges = (
  service: DesiredService,
  old: ObservedContainer,
  { observed, details }: { readonly observed: ObservedState; readonly details: ContainerDetails },
): DesiredService => {
  const image = observed.images.get(service.image)
  const body = service.body({ name: old.name, number: old.number, image })
  return {
    ...service,
    changes: differences(details, body, image === undefined ? undefined : (image.Config?.Env ?? [])),
  }
}
