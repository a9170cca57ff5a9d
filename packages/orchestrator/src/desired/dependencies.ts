import type { Project, Service } from '@container-compose/compose'
import type { DesiredDependency } from './desired-state.ts'

/** Services by name, each with those that it needs, by name. */
export const serviceGraph = (project: Project): Map<string, string[]> =>
  new Map(
    Object.keys(project.services)
      .sort()
      .map((name) => [name, dependenciesOf(project, name).map(({ service }) => service)]),
  )

/** What a service needs: what it says, and what its links and shared namespaces imply. Sorted by name. */
export const dependenciesOf = (project: Project, name: string): DesiredDependency[] => {
  const service = project.services[name] as Service
  const shared = namespaceOwners(service)
  const written = Object.entries(service.depends_on ?? {})
    .filter(([dependency]) => project.services[dependency] !== undefined)
    .map(([dependency, { condition = 'service_started', restart = false, required }]) => ({
      service: dependency,
      condition,
      restart: restart || shared.has(dependency),
      required: required ?? true,
      sharesNamespace: shared.has(dependency),
    }))
  const known = new Set(written.map(({ service }) => service))
  const implied = [...shared, ...linked(service)]
    .filter((owner) => !known.has(owner) && project.services[owner] !== undefined)
    .map((owner) => ({
      service: owner,
      condition: 'service_started' as const,
      restart: shared.has(owner),
      required: true,
      sharesNamespace: shared.has(owner),
    }))
  return [...written, ...implied].sort((a, b) => (a.service < b.service ? -1 : 1))
}

/** Services whose containers must exist before one of this service can be created. */
const namespaceOwners = ({ network_mode, ipc, pid, volumes_from = [] }: Service): Set<string> =>
  new Set([
    ...[network_mode, ipc, pid].flatMap((mode) => /^service:(.*)$/.exec(mode ?? '')?.[1] ?? []),
    ...volumes_from.filter((from) => !from.startsWith('container:')).map((from) => from.split(':')[0] ?? ''),
  ])

const linked = ({ links = [] }: Service): string[] => links.map((link) => link.split(':')[0] ?? '')
