import type { Project, Service } from '@container-compose/compose'
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
  return { ...orderedWith(service, platform) }
}

/** `platform` at its place in the order that the hash depends on. */
const orderedWith = (service: Service, platform: string): Service => {
  if (service.platform !== undefined) return service
  const before = new Set(Object.keys(service).filter((key) => platformFollows.has(key)))
  const made: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(service)) if (!platformFollows.has(key)) made[key] = value
  const rest: Record<string, unknown> = {}
  for (const key of before) rest[key] = service[key as keyof Service]
  return { ...made, platform, ...rest } as unknown as Service
}

/** What stands behind `platform` in a service. */
const platformFollows = new Set(
  'ports privileged pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir post_start pre_stop'.split(
    ' ',
  ),
)
