import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'

/** True when a service takes part: it names no profile, or one of those that are active (`*`: all are). */
export const isEnabled = ({ profiles = [] }: Service, active: readonly string[]): boolean =>
  profiles.length === 0 || active.some((profile) => profile === '*' || profiles.includes(profile))

type Services = Readonly<Record<string, Service>>

/** The project with the services of these profiles enabled and all others disabled. */
export const withProfiles = <P extends Pick<Project, 'services' | 'disabledServices'>>(
  project: P,
  profiles: readonly string[],
): P & { readonly profiles: readonly string[] } => {
  const services: Record<string, Service> = Object.create(null)
  const disabledServices: Record<string, Service> = Object.create(null)
  const all: Services = Object.assign(Object.create(null), project.services, project.disabledServices)
  for (const name of Object.keys(all)) {
    const service = all[name] as Service
    const kind = isEnabled(service, profiles) ? services : disabledServices
    kind[name] = service
  }
  return { ...project, services, disabledServices, profiles }
}
