import { UserError } from '@container-compose/core'
import type { ImageDetails, NetworkDetails, VolumeDetails } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { isNotFound } from '../client/engine-error.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import { type ObservedContainer, type ObservedState, observedContainer } from './observed-state.ts'

/** Reads all that a project concerns in one round trip; the calls go side by side. */
export const observe = async (client: EngineClient, desired: DesiredState): Promise<ObservedState> => {
  const [containers, networks, volumes, images] = await Promise.all([
    observeContainers(client, desired.project),
    observeNetworks(
      client,
      desired.networks.map(({ name }) => name),
    ),
    observeVolumes(
      client,
      desired.volumes.map(({ name }) => name),
    ),
    observeImages(
      client,
      desired.services.map(({ image }) => image),
    ),
  ])
  return { containers, networks, volumes, images }
}

/** All containers of a project, stopped and one-off ones too, sorted by name. */
export const observeContainers = async (
  client: EngineClient,
  project: string,
): Promise<ObservedContainer[]> => {
  const summaries = await client.containers.list({
    all: true,
    filters: { label: [`${label.project}=${project}`, label.configHash] },
  })
  return summaries.map(observedContainer).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** An engine filters by parts of names, so what it gives is compared again. */
const observeNetworks = async (
  client: EngineClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly NetworkDetails[]>> => {
  if (names.length === 0) return new Map()
  const found = await client.networks.list({ name: names })
  return new Map(names.map((name) => [name, found.filter(({ Name }) => Name === name)]))
}

const observeVolumes = async (
  client: EngineClient,
  names: readonly string[],
): Promise<ReadonlyMap<string, VolumeDetails>> => {
  if (names.length === 0) return new Map()
  const found = await client.volumes.list({ name: names })
  return new Map(found.filter(({ Name }) => names.includes(Name)).map((volume) => [volume.Name, volume]))
}

/** The images that exist, by the reference they were asked for. */
export const observeImages = async (
  client: EngineClient,
  references: readonly string[],
): Promise<ReadonlyMap<string, ImageDetails>> => {
  const found = await Promise.all(
    [...new Set(references)].map(async (reference) => {
      try {
        return [reference, await client.images.inspect(reference)] as const
      } catch (error) {
        if (isNotFound(error)) return undefined
        if (!(error instanceof UserError)) throw error
        const { code, message, hint, cause } = error
        throw new UserError(code, `unable to get image '${reference}': ${message}`, { hint, cause })
      }
    }),
  )
  return new Map(found.filter((entry) => entry !== undefined))
}
