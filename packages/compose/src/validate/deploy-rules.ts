import type { ServiceRule } from './service-rules.ts'

const invalid = 'invalid compose project'

const scaleIsClear: ServiceRule = ({ name, service: { scale, deploy, container_name }, fault }) => {
  const replicas = deploy?.replicas
  if (scale !== undefined && replicas !== undefined && scale !== replicas)
    fault(
      ['scale'],
      'SCALE',
      `services.${name}: can't set distinct values on 'scale' and 'deploy.replicas': ${invalid}`,
    )
  if (scale !== undefined && scale < 0)
    fault(['scale'], 'SCALE', `services.${name}.scale: must be greater than or equal to 0`)
  if (replicas !== undefined && replicas < 0)
    fault(
      ['deploy', 'replicas'],
      'SCALE',
      `services.${name}.deploy.replicas: must be greater than or equal to 0`,
    )
  const attribute = scale === undefined ? 'deploy.replicas' : 'scale'
  if ((scale ?? replicas ?? 1) > 1 && container_name !== undefined)
    fault(
      ['container_name'],
      'SCALE',
      `services.${attribute}: can't set container_name and ${name} as container name must be unique: ${invalid}`,
    )
}

/** Limits that are said in two places must be the same; one that is left out there counts as 0. */
const limitsAgree: ServiceRule = ({ name, service, fault }) => {
  const { limits, reservations } = service.deploy?.resources ?? {}
  const pairs = [
    ['cpus', service.cpus, limits, limits?.cpus, 'deploy.resources.limits.cpus'],
    ['mem_limit', service.mem_limit, limits, limits?.memory, 'deploy.resources.limits.memory'],
    [
      'mem_reservation',
      service.mem_reservation,
      reservations,
      reservations?.memory,
      'deploy.resources.reservations.memory',
    ],
    ['pids_limit', service.pids_limit, limits, limits?.pids, 'deploy.resources.limits.pids'],
  ] as const
  for (const [attribute, value, section, other, place] of pairs)
    if (value !== undefined && section !== undefined && other !== value)
      fault(
        [attribute],
        'LIMITS_DIFFER',
        `services.${name}: can't set distinct values on '${attribute}' and '${place}': ${invalid}`,
      )
}

export const deployRules: readonly ServiceRule[] = [scaleIsClear, limitsAgree]
