import type { ContainerSummary } from '../client/api-types.ts'
import type { EngineClient } from '../client/connect.ts'
import { label } from '../labels.ts'
import { nameOf } from '../observed/observed-state.ts'

/** A project's containers as the engine lists them, sorted by name; with `all` stopped and one-off ones too. */
export const listContainers = async (
  client: EngineClient,
  project: string,
  { all }: { readonly all: boolean },
): Promise<ContainerSummary[]> => {
  const oneOffs = all ? [] : [`${label.oneOff}=False`]
  const found = await client.containers.list({
    all,
    filters: { label: [`${label.project}=${project}`, label.configHash, ...oneOffs] },
  })
  return [...found].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** All containers that belong to any project. */
export const listAllProjects = (
  client: EngineClient,
  { all }: { readonly all: boolean },
): Promise<readonly ContainerSummary[]> =>
  client.containers.list({ all, filters: { label: [label.project, label.configHash] } })
