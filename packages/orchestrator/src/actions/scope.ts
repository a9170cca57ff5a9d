import type { Project } from '@container-compose/compose'
import { UserError } from '@container-compose/core'
import { serviceGraph } from '../desired/dependencies.ts'
import type { DesiredState } from '../desired/desired-state.ts'
import { label, parseDependencies } from '../labels.ts'
import type { ObservedContainer } from '../observed/observed-state.ts'

/**
 * The services that a command is about: of the compose file, or, where only a project name is known, of the labels of what
 * exists.
 */
export interface Scope {
  readonly project: string
  /** Services by name, with those that each needs; undefined: only labels are known. */
  readonly services: ReadonlyMap<string, readonly string[]> | undefined
  /** Services named on the command line; empty: all. */
  readonly selected: readonly string[]
}

/** The scope of a project that was loaded; nothing that only a plan needs is worked out, so short commands stay short. */
export const scopeOfProject = (project: Project, selected: readonly string[]): Scope => ({
  project: project.name,
  services: serviceGraph(project),
  selected,
})

/** The scope of a desired state, with replicas and selection already in it. */
export const scopeOf = (desired: DesiredState, selected: readonly string[]): Scope => ({
  project: desired.project,
  services: new Map(
    desired.services.map(({ name, dependencies }) => [name, dependencies.map(({ service }) => service)]),
  ),
  selected,
})

/**
 * The containers of the scope's services, without one-offs.
 *
 * @throws UserError `NO_SUCH_SERVICE` for a selected service that nobody knows.
 */
export const containersIn = (
  scope: Scope,
  containers: readonly ObservedContainer[],
  { oneOffs = false }: { readonly oneOffs?: boolean } = {},
): ObservedContainer[] => {
  const known = scope.services ?? new Set(containers.map(({ service }) => service))
  for (const name of scope.selected) if (!known.has(name)) throw noSuchService(name, [...known.keys()])
  const wanted = scope.selected.length > 0 ? new Set(scope.selected) : known
  return containers.filter(({ service, oneOff }) => wanted.has(service) && (oneOffs || !oneOff))
}

export const noSuchService = (name: string, known: readonly string[]): UserError =>
  new UserError('NO_SUCH_SERVICE', `no such service: ${name}`, {
    hint: known.length > 0 ? `services: ${[...known].sort().join(', ')}` : undefined,
  })

/** For each service those that need it, by the file or by the labels of the containers. */
export const dependentsBy = (
  scope: Scope,
  containers: readonly ObservedContainer[],
): Map<string, Set<string>> => {
  const needs = new Map<string, readonly string[]>(scope.services ?? [])
  for (const { service, labels } of containers)
    if (!needs.has(service))
      needs.set(
        service,
        parseDependencies(labels[label.dependsOn]).map((entry) => entry.service),
      )
  const dependents = new Map<string, Set<string>>()
  for (const [service, dependencies] of needs)
    for (const dependency of dependencies)
      dependents.set(dependency, (dependents.get(dependency) ?? new Set()).add(service))
  return dependents
}
