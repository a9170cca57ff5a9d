import { cleanPath } from '../paths/clean.ts'
import { goText } from '../tree/go-text.ts'
import { Dict, dict, isDict, isList, type List, type Value } from '../tree/value.ts'
import { normalizeNetworks } from './networks.ts'

/** Says what the file leaves unsaid: networks, names, dependencies, the Dockerfile. In place. */
export const normalize = (
  root: Dict,
  projectName: string,
  environment: Readonly<Record<string, string>>,
): void => {
  root.set('name', projectName)
  normalizeNetworks(root)
  const services = root.get('services')
  if (isDict(services))
    for (const service of services.values()) if (isDict(service)) normalizeService(service, environment)
  for (const kind of ['networks', 'volumes', 'configs', 'secrets']) nameResources(root, kind, projectName)
}

const normalizeService = (service: Dict, environment: Readonly<Record<string, string>>): void => {
  if (service.get('pull_policy') === 'if_not_present') service.set('pull_policy', 'missing')
  const build = service.get('build')
  if (isDict(build)) normalizeBuild(build, environment)
  const variables = service.get('environment')
  if (variables !== undefined) service.set('environment', resolveNames(variables, environment, true))
  const volumes = service.get('volumes')
  if (isList(volumes))
    for (const volume of volumes) {
      const target = isDict(volume) ? volume.get('target') : undefined
      if (isDict(volume) && typeof target === 'string') volume.set('target', cleanPath(target))
    }
  addDependencies(service)
}

const normalizeBuild = (build: Dict, environment: Readonly<Record<string, string>>): void => {
  if ((build.get('context') ?? null) === null) build.set('context', '.')
  if ((build.get('dockerfile') ?? build.get('dockerfile_inline') ?? null) === null)
    build.set('dockerfile', 'Dockerfile')
  const args = build.get('args')
  if (args !== undefined) build.set('args', resolveNames(args, environment, false))
}

/** Gives names without a value that of the environment; those it doesn't have are kept or left out. */
const resolveNames = (
  value: Value,
  environment: Readonly<Record<string, string>>,
  keepUnknown: boolean,
): Value => {
  if (isDict(value)) {
    const resolved = new Dict()
    resolved.origins = value.origins
    for (const [name, entry] of value) {
      if (entry !== null) resolved.set(name, entry)
      else if (Object.hasOwn(environment, name)) resolved.set(name, environment[name] as string)
      else if (keepUnknown) resolved.set(name, null)
    }
    return resolved
  }
  if (!isList(value)) return value
  const resolved: List = []
  for (const item of value) {
    if (typeof item !== 'string') continue
    if (item.includes('=')) resolved.push(item)
    else if (Object.hasOwn(environment, item)) resolved.push(`${item}=${environment[item]}`)
    else if (keepUnknown) resolved.push(item)
  }
  if (resolved.length === 0) resolved.isNil = true
  return resolved
}

/** Dependencies that follow from other attributes. */
const addDependencies = (service: Dict): void => {
  const given = service.get('depends_on')
  const dependencies = isDict(given) ? given : new Dict()
  const add = (name: string, restart: boolean): void => {
    if (!dependencies.has(name))
      dependencies.set(name, dict({ condition: 'service_started', restart, required: true }))
  }
  for (const link of textsOf(service.get('links'))) {
    const parts = link.split(':')
    add(parts.length === 2 ? (parts[0] as string) : link, true)
  }
  for (const namespace of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const mode = service.get(namespace)
    if (typeof mode === 'string' && mode.startsWith('service:')) add(mode.slice('service:'.length), true)
  }
  for (const source of textsOf(service.get('volumes_from')))
    if (!source.startsWith('container:')) add(source.split(':', 1)[0] as string, false)
  if (dependencies.size > 0) service.set('depends_on', dependencies)
}

const textsOf = (value: Value | undefined): string[] =>
  isList(value) ? value.filter((item) => typeof item === 'string') : []

const nameResources = (root: Dict, kind: string, projectName: string): void => {
  const resources = root.get(kind)
  if (!isDict(resources)) return
  for (const [key, value] of resources) {
    const resource = isDict(value) ? value : new Dict()
    if ((resource.get('name') ?? null) === null) {
      const external = resource.get('external')
      const isExternal = external !== undefined && /^(1|t|T|TRUE|true|True)$/.test(goText(external))
      resource.set('name', isExternal ? key : `${projectName}_${key}`)
    }
    resources.set(key, resource)
  }
}
