import type { Locations, Project, Service } from '@container-compose/compose'
import { formatLocation } from '@container-compose/core'

/**
 * A volume of type ext4 has one container at a time, and the engine refuses to start a second one. That several services name it is
 * no fault of itself, they may run one after the other: a warning for each volume whose services do not say so.
 */
export const sharedDisks = ({
  project,
  locations,
}: {
  readonly project: Project
  readonly locations: Locations
}): string[] =>
  Object.entries(project.volumes).flatMap(([key, { driver_opts }]) => {
    if (driver_opts?.['type'] !== 'ext4') return []
    const users = Object.entries(project.services).filter(([, { volumes = [] }]) =>
      volumes.some(({ type, source }) => type === 'volume' && source === key),
    )
    const together = users.filter(([name, service]) =>
      users.some(([other, its]) =>
        other === name ? isSeveral(service) : !isAfter(service, other) && !isAfter(its, name),
      ),
    )
    if (together.length === 0) return []
    const at = locations.of(['volumes', key])
    const names = together.map(([name]) => name).join(', ')
    return [
      `volumes.${key}: one container at a time can use a volume of type ext4, so of the containers of ${names} only the first will start${at === undefined ? '' : ` (${formatLocation(at)})`}`,
    ]
  })

const isSeveral = ({ scale, deploy }: Service): boolean => Number(scale ?? deploy?.replicas ?? 1) > 1

/** It starts when the other one has ended. */
const isAfter = ({ depends_on = {} }: Service, other: string): boolean =>
  depends_on[other]?.condition === 'service_completed_successfully'
