import type { Project } from '../model/project.ts'
import type { Service } from '../model/service.ts'

/** The project without networks, volumes, secrets, configs and models that no service uses. */
export const withoutUnusedResources = (project: Project): Project => {
  const used = {
    networks: new Set<string>(),
    volumes: new Set<string>(),
    secrets: new Set<string>(),
    configs: new Set<string>(),
    models: new Set<string>(),
  }
  const add = (kind: keyof typeof used, names: readonly (string | undefined)[]): void => {
    for (const name of names) if (name !== undefined) used[kind].add(name)
  }
  for (const service of Object.values(project.services) as Service[]) {
    add('networks', Object.keys(service.networks ?? {}))
    const mounts = (service.volumes ?? []).filter(({ type }) => type === 'volume')
    add(
      'volumes',
      mounts.map(({ source }) => source),
    )
    const secrets = [...(service.secrets ?? []), ...(service.build?.secrets ?? [])]
    add(
      'secrets',
      secrets.map(({ source }) => source),
    )
    add(
      'configs',
      (service.configs ?? []).map(({ source }) => source),
    )
    add('models', Object.keys(service.models ?? {}))
  }
  return {
    ...project,
    networks: pick(project.networks, used.networks),
    volumes: pick(project.volumes, used.volumes),
    secrets: pick(project.secrets, used.secrets),
    configs: pick(project.configs, used.configs),
    models: pick(project.models, used.models),
  }
}

const pick = <T>(from: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> => {
  const picked: Record<string, T> = Object.create(null)
  for (const name of Object.keys(from)) if (names.has(name)) picked[name] = from[name] as T
  return picked
}
