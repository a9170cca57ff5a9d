import { suggest, UserError } from '@container-compose/core'
import type { Project } from '../model/project.ts'
import type { Dependency, Service } from '../model/service.ts'
import { globExpression } from './glob.ts'
import { withProfiles } from './profiles.ts'

/**
 * The project cut to the named services and what they depend on. A named service is enabled though its profile is not, and
 * `*` in a name stands for anything. No names: the project as it is.
 *
 * @throws UserError `NO_SUCH_SERVICE`
 */
export const selectServices = (project: Project, names: readonly string[]): Project => {
  if (names.length === 0) return project
  const profiles = [...project.profiles]
  for (const name of names)
    if (project.services[name] === undefined)
      profiles.push(...(project.disabledServices[name]?.profiles ?? []))
  const enabled = withProfiles(project, profiles)
  const selected = withDependencies(enabled.services, names, suggestFrom(enabled))
  const services: Record<string, Service> = Object.create(null)
  const disabledServices: Record<string, Service> = Object.assign(
    Object.create(null),
    enabled.disabledServices,
  )
  for (const name of Object.keys(enabled.services)) {
    const service = enabled.services[name] as Service
    if (selected.has(name)) services[name] = withoutOthers(service, selected)
    else disabledServices[name] = service
  }
  return { ...enabled, services, disabledServices }
}

/**
 * The names in an order in which services come after what they depend on.
 *
 * @throws UserError `NO_SUCH_SERVICE`
 */
export const withDependencies = (
  services: Readonly<Record<string, Service>>,
  names: readonly string[],
  hint: (name: string) => string | undefined = () => undefined,
): Set<string> => {
  const order = new Set<string>()
  const entered = new Set<string>()
  const visit = (wanted: readonly string[], dependencies: Readonly<Record<string, Dependency>>): void => {
    for (const name of wanted) {
      const found = matching(services, name)
      if (found.length === 0 && dependencies[name]?.required !== false)
        throw new UserError('NO_SUCH_SERVICE', `no such service: ${name}`, { hint: hint(name) })
      for (const match of found) {
        if (entered.has(match)) continue
        entered.add(match)
        const needs = services[match]?.depends_on ?? {}
        visit(Object.keys(needs).sort(), needs)
        order.add(match)
      }
    }
  }
  visit(names, {})
  return order
}

const matching = (services: Readonly<Record<string, Service>>, name: string): string[] => {
  if (services[name] !== undefined) return [name]
  if (!/[*?[\\]/.test(name)) return []
  const expression = globExpression(name)
  return Object.keys(services).filter((each) => expression.test(each))
}

const suggestFrom =
  ({ services, disabledServices }: Project) =>
  (name: string): string | undefined => {
    const meant = suggest(name, [...Object.keys(services), ...Object.keys(disabledServices)])
    return meant === undefined ? undefined : `did you mean ${meant}?`
  }

const withoutOthers = (service: Service, selected: ReadonlySet<string>): Service => {
  if (service.depends_on === undefined) return service
  const kept = Object.entries(service.depends_on).filter(([name]) => selected.has(name))
  const made: Record<string, unknown> = { ...service }
  if (kept.length > 0) made['depends_on'] = Object.assign(Object.create(null), Object.fromEntries(kept))
  else delete made['depends_on']
  return made as unknown as Service
}
