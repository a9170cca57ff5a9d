import { changedService, type Project, type Service } from '@container-compose/compose'
import { UserError } from '@container-compose/core'

/**
 * The services with the platform that a build for this machine has, as `config --hash` sees them.
 *
 * @throws UserError `PLATFORM` when a build is for other platforms only
 */
export const withPlatforms = ({ services, environment }: Project): Record<string, Service> => {
  const initial = environment['DOCKER_DEFAULT_PLATFORM'] ?? ''
  const resolved: Record<string, Service> = {}
  for (const [name, service] of Object.entries(services))
    resolved[name] = withPlatform(name, service, initial)
  return resolved
}

const withPlatform = (name: string, service: Service, initial: string): Service => {
  const platforms = service.build?.platforms ?? []
  const platform = service.platform ?? initial
  if (service.build === undefined || platform === '') return service
  if (platforms.length > 0 && !platforms.includes(platform))
    throw new UserError(
      'PLATFORM',
      service.platform === undefined
        ? `service "${name}" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: ${initial}`
        : `service "${name}" build configuration does not support platform: ${platform}`,
    )
  return changedService(service, { platform })
}
