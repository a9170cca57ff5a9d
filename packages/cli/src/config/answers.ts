import {
  checkContainerNames,
  modelJson,
  modelYaml,
  type Project,
  projectJson,
  projectYaml,
  type Service,
  serviceHash,
  withDependencies,
} from '@container-compose/compose'
import { UserError, UserErrors } from '@container-compose/core'
import type { ProjectSource } from '../project.ts'
import { type DigestOf, withDigests } from './digests.ts'
import { withPlatforms } from './platforms.ts'
import { variablesText } from './variables.ts'

interface Asked {
  readonly source: ProjectSource
  readonly services: readonly string[]
}

interface Choice {
  readonly environment: boolean
  readonly format: string | undefined
  readonly hash: string | undefined
  readonly images: boolean
  readonly lockImageDigests: boolean
  readonly models: boolean
  readonly networks: boolean
  readonly noConsistency: boolean
  readonly noInterpolate: boolean
  readonly profiles: boolean
  readonly resolveImageDigests: boolean
  readonly services: boolean
  readonly variables: boolean
  readonly volumes: boolean
}

/** The list that was asked for, one line each; undefined when the whole file is wanted. */
export const listFor = (
  choice: Choice,
  { source, services, compatibility }: Asked & { readonly compatibility: boolean },
): Promise<string> | undefined => {
  const unresolved = (names: readonly string[] = []) => source.project(names, { resolveEnvironment: false })
  const keys = async (kind: 'volumes' | 'networks') => lines(Object.keys((await unresolved())[kind]))
  if (choice.services) return serviceNames(choice, source)
  if (choice.volumes) return keys('volumes')
  if (choice.networks) return keys('networks')
  if (choice.models)
    return unresolved().then(({ models }) =>
      lines(Object.values(models).flatMap(({ model }) => (model ? [model] : []))),
    )
  if (choice.hash) return unresolved().then((project) => hashes(project, choice.hash as string))
  if (choice.profiles) return unresolved(services).then(profileNames)
  if (choice.images)
    return unresolved(services).then((project) => imageNames(project, compatibility ? '_' : '-'))
  if (choice.variables)
    return source.model({ interpolate: false }).then((root) => variablesText(root, choice.format))
  if (choice.environment)
    return source.project(services).then(({ environment }) =>
      lines(
        Object.entries(environment)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      ),
    )
  return undefined
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('')

const serviceNames = async ({ noInterpolate }: Choice, source: ProjectSource): Promise<string> => {
  if (!noInterpolate) {
    const { services } = await source.project([], { resolveEnvironment: false })
    return lines([...withDependencies(services, Object.keys(services).sort())])
  }
  const services = (await source.model()).get('services')
  return lines(services instanceof Map ? [...services.keys()] : [])
}

const profileNames = ({ services, disabledServices }: Project): string => {
  const all = [...Object.values(services), ...Object.values(disabledServices)]
  return lines([...new Set(all.flatMap(({ profiles = [] }) => profiles))].sort())
}

const imageNames = ({ name, services }: Project, separator: string): string =>
  lines(Object.entries(services).map(([key, { image }]) => image ?? `${name}${separator}${key}`))

const hashes = (project: Project, asked: string): string => {
  const services = withPlatforms(project)
  const names = (asked === '*' ? Object.keys(services) : asked.split(',')).sort()
  return lines(
    names.map((name) => {
      const service = services[name]
      if (service !== undefined) return `${name} ${serviceHash(service)}`
      const why = project.disabledServices[name] === undefined ? 'not found' : 'disabled'
      throw new UserError('NO_SUCH_SERVICE', `no such service: ${name}: ${why}`)
    }),
  )
}

/** The whole file, as YAML or JSON, dollar signs doubled so that it can be read again. */
export const printWhole = async (
  { format, noInterpolate, noConsistency, lockImageDigests, resolveImageDigests }: Choice,
  { source, services, digestOf }: Asked & { readonly digestOf: DigestOf },
): Promise<string> => {
  const isJson = format === 'json'
  if (!isJson && format && format !== 'yaml') {
    // The reference looks at the file first, so that its faults are told.
    if (noInterpolate) await source.model()
    else await source.project(services)
    throw new UserError('INVALID_ARGUMENT', `unsupported format "${format}"`, { hint: 'yaml or json' })
  }
  if (noInterpolate) {
    const root = await source.model()
    return isJson ? modelJson(root) : modelYaml(root)
  }
  const read = await source.project(services)
  const project = lockImageDigests || resolveImageDigests ? await withDigests(read, digestOf) : read
  if (!noConsistency) refuseSharedNames(project, source)
  const shown = lockImageDigests ? imagesOnly(project) : project
  return (isJson ? projectJson(shown) : projectYaml(shown)).replaceAll('$', '$$$$')
}

const refuseSharedNames = (project: Project, source: ProjectSource): void => {
  const faults: UserError[] = []
  checkContainerNames(project.services, (path, code, message) =>
    faults.push(new UserError(code, message, { at: source.locate(path) })),
  )
  const [first, ...more] = faults
  if (first === undefined) return
  throw more.length === 0 ? first : new UserErrors(faults)
}

const imagesOnly = (project: Project): Project => {
  const services: Record<string, Service> = Object.create(null)
  for (const [name, { image }] of Object.entries(project.services))
    services[name] = { command: null, entrypoint: null, ...(image === undefined ? {} : { image }) }
  const none = Object.create(null)
  return {
    ...project,
    name: '',
    services,
    networks: none,
    volumes: none,
    secrets: none,
    configs: none,
    models: none,
    extensions: none,
  }
}
