import type { Project, Service } from '@container-compose/compose'
import { UserError } from '@container-compose/core'

/** Asks a registry for the digest of a full image name. */
export type DigestOf = (fullName: string) => Promise<string>

/**
 * The project with full image names that hold a digest: their own, or what `digestOf` says.
 *
 * @throws UserError `DIGEST_UNKNOWN` when the registry, or the engine that asks it, gives none
 */
export const withDigests = async (project: Project, digestOf: DigestOf): Promise<Project> => {
  const services: Record<string, Service> = Object.create(null)
  const pinned = await Promise.all(
    Object.entries(project.services).map(
      async ([name, service]) => [name, await pin(service, name, digestOf)] as const,
    ),
  )
  for (const [name, service] of pinned) services[name] = service
  return { ...project, services }
}

const pin = async (service: Service, name: string, digestOf: DigestOf): Promise<Service> => {
  if (service.image === undefined) return service
  const image = fullName(service.image)
  if (image.includes('@')) return { ...service, image }
  try {
    return { ...service, image: `${image}@${await digestOf(image)}` }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new UserError('DIGEST_UNKNOWN', `failed to resolve digest for ${image}: ${error.message}`, {
      cause: error,
      hint: `service ${name}: name the image with its digest, or have the engine reach its registry (container-compose engine start)`,
    })
  }
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
