import { UserError } from '@container-compose/core'
import type { VolumeDetails } from '../client/api-types.ts'
import type { DesiredVolume } from '../desired/desired-state.ts'
import { label } from '../labels.ts'
import type { Work } from './work.ts'

/** Adds what makes the volumes right. To make one again loses its data, which is marked as a risk. */
export const planVolumes = (work: Work): void => {
  for (const volume of work.desired.volumes) {
    const found = work.observed.volumes.get(volume.name)
    if (volume.external) checkExternal(volume, found)
    else if (found === undefined) create(work, volume, 'not found', [])
    else planExisting(work, volume, found)
  }
}

const create = (work: Work, volume: DesiredVolume, cause: string, needs: readonly number[]): void => {
  const { key, name, body } = volume
  const node = work.builder.add(
    { kind: 'volume.create', resource: `volume:${key}`, cause, name, body },
    needs,
  )
  work.madeBy.set(name, node)
}

const planExisting = (work: Work, volume: DesiredVolume, { Labels }: VolumeDetails): void => {
  const owner = Labels?.[label.project]
  const { project } = work.desired
  const external = 'Use `external: true` to use an existing volume'
  if (owner === undefined)
    work.warnings.push(
      `volume "${volume.name}" already exists but was not created by Docker Compose. ${external}`,
    )
  else if (owner !== project)
    work.warnings.push(
      `volume "${volume.name}" already exists but was created for project "${owner}" (expected "${project}"). ${external}`,
    )
  else if (![undefined, volume.hash].includes(Labels?.[label.configHash])) makeAgain(work, volume)
}

const makeAgain = (work: Work, volume: DesiredVolume): void => {
  if (work.policy.keepVolumes.has(volume.name)) return
  const cause = `configuration of volume ${volume.key} changed`
  const users = work.observed.containers.filter(({ mounts }) =>
    mounts.some(({ Type, Name }) => Type === 'volume' && Name === volume.name),
  )
  work.stopAll(users, cause)
  const discarded = users.map((container) => work.discard(container, cause))
  const removed = work.builder.add(
    { kind: 'volume.remove', resource: `volume:${volume.key}`, cause, name: volume.name, risk: 'data-loss' },
    discarded,
  )
  work.remade.add(volume.name)
  create(work, volume, cause, [removed])
}

const checkExternal = (volume: DesiredVolume, found: VolumeDetails | undefined): void => {
  if (found === undefined)
    throw new UserError('EXTERNAL_VOLUME', `external volume "${volume.name}" not found`, {
      at: volume.at,
      hint: `docker volume create ${volume.name}`,
    })
}
