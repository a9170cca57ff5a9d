import type { Project, Service } from '@container-compose/compose'
import { UserError } from '@container-compose/core'

/**
 * The project with full image names that hold a digest.
 *
 * @throws UserError `DIGEST_UNKNOWN` for a name without one: it would have to be asked of a registry
 */
export const withDigests = (project: Project): Project => {
  const services: Record<string, Service> = Object.create(null)
  for (const [name, service] of Object.entries(project.services)) {
    const { image } = service
    if (image !== undefined && !image.includes('@'))
      throw new UserError(
        'DIGEST_UNKNOWN',
        `failed to resolve digest for ${fullName(image)}: no digest is known`,
        {
          hint: `pull the image and name it with its digest, or leave --resolve-image-digests out (service ${name})`,
        },
      )
    services[name] = image === undefined ? service : { ...service, image: fullName(image) }
  }
  return { ...project, services }
}

/** A name with its registry and, for Docker Hub, its folder: `nginx` is `docker.io/library/nginx:latest`. */
export const fullName = (image: string): string => {
  const [beforeDigest = '', digest] = image.split('@')
  const slash = beforeDigest.indexOf('/')
  const host = slash < 0 ? '' : beforeDigest.slice(0, slash)
  const hasHost = /[.:]/.test(host) || host === 'localhost' || host.toLowerCase() !== host
  const registry = hasHost ? host : 'docker.io'
  const path = hasHost ? beforeDigest.slice(slash + 1) : beforeDigest
  const folder = registry === 'docker.io' && !path.includes('/') ? 'library/' : ''
  const withTag = digest === undefined && !/:[^/]*$/.test(path) ? `${path}:latest` : path
  // With a digest the tag says nothing more.
  const named = digest === undefined ? withTag : path.replace(/:[^/]*$/, '')
  return `${registry}/${folder}${named}${digest === undefined ? '' : `@${digest}`}`
}
